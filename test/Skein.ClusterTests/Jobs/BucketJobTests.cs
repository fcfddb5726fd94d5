using System.Globalization;
using System.Text;
using Skein.Client;
using Skein.Client.Jobs;
using Skein.Core.Buckets;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ClusterTests.Jobs;

/// <summary>Jobs over the objects of a bucket, while nodes come and go.</summary>
public sealed class BucketJobTests
{
    private static readonly BucketName Bucket = BucketName.Ais("walked");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ADeleteGoesOnWhileATargetIsRestartedAndNothingIsLeft()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 3);
        using var client = new SkeinClient(cluster.Proxies[1].Url);
        await FillAsync(client, Bucket, 1500);
        var id = await client.BucketJobs.DeleteObjectsAsync(Bucket, new NamesMessage { Workers = 1 }, Cancel);
        await cluster.Targets[0].StopAsync();
        await cluster.Targets[0].StartAsync();
        var status = await client.Jobs.WaitAsync(
            new JobMessage { Id = id }, new JobWaitOptions { Timeout = Poll.Limit }, null, Cancel);
        Assert.NotNull(status);
        Assert.Equal(("", false, "delete-listrange"), (status.Error, status.IsAborted, status.Kind));
        Assert.Empty(await NamesAsync(client, Bucket));
        var snaps = await client.Jobs.GetSnapsAsync(new JobMessage { Id = id }, Cancel);
        Assert.Equal(3, snaps.Values.Sum(list => list.Count));
        Assert.All(snaps.Values.SelectMany(list => list), snap => Assert.True(snap.IsFinished));
    }

    internal static async Task FillAsync(SkeinClient client, BucketName bucket, int count)
    {
        await client.Buckets.CreateAsync(bucket, null, Cancel);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancel },
            async (i, stop) =>
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"o-{i:00000}");
                await client.Objects.PutAsync(
                    bucket, name, ObjectSource(Encoding.UTF8.GetBytes("content of " + name)), null, stop);
            });
    }

    internal static async Task<List<ListEntry>> NamesAsync(SkeinClient client, BucketName bucket)
    {
        var names = new List<ListEntry>();
        await foreach (var entry in client.Buckets.ListObjectsAsync(bucket, null, Cancel))
        {
            names.Add(entry);
        }
        return names;
    }

    private static Skein.Client.Objects.ObjectSource ObjectSource(byte[] bytes) =>
        Skein.Client.Objects.ObjectSource.FromBytes(bytes);
}
