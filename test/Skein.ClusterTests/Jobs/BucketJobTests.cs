using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Skein.Client;
using Skein.Client.Jobs;
using Skein.Client.Listing;
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

    [Fact]
    public async Task ACopyOfTenThousandObjectsGoesOnThroughTheLossOfThePrimaryAndTheRestartOfATarget()
    {
        const int Objects = 10_000;
        await using var cluster = await InProcessCluster.StartAsync(3, 3);
        using var client = new SkeinClient([.. cluster.Proxies.Reverse().Select(proxy => proxy.Url)]);
        await FillAsync(client, Bucket, Objects);
        var copy = BucketName.Ais("copied");
        var started = Stopwatch.GetTimestamp();
        var id = await client.BucketJobs.CopyAsync(Bucket, copy, new CopyMessage(), Cancel);
        await Poll.UntilAsync(() => Task.FromResult(
            cluster.Targets[0].Jobs!.Snapshots(new JobMessage { Id = id })[0].Stats.LocalObjects > 200 ? null : "too few"));
        await cluster.Proxies[0].StopAsync(handsOver: false);
        await cluster.Targets[0].StopAsync();
        var before = Assert.Single(cluster.Targets[1].Jobs!.Snapshots(new JobMessage { Id = id })).Stats.LocalObjects;
        Assert.InRange(before, 1, Objects);
        await cluster.Targets[0].StartAsync();
        var status = await client.Jobs.WaitAsync(
            new JobMessage { Id = id }, new JobWaitOptions { Timeout = TimeSpan.FromMinutes(2) }, null, Cancel);
        TestContext.Current.SendDiagnosticMessage($"took {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        Assert.NotNull(status);
        Assert.Equal(("", false), (status.Error, status.IsAborted));
        var properties = new ListOptions { Properties = ["name", "size", "checksum"] };
        var from = await NamesAsync(client, Bucket, properties);
        var to = await NamesAsync(client, copy, properties);
        Assert.Equal(Objects, to.Count);
        Assert.Equal(
            from.Select(entry => (entry.Name, entry.Size, entry.Checksum)),
            to.Select(entry => (entry.Name, entry.Size, entry.Checksum)));
        Assert.All(to, entry => Assert.NotEmpty(entry.Checksum!));
        var snaps = await client.Jobs.GetSnapsAsync(new JobMessage { Id = id }, Cancel);
        Assert.Equal(3, snaps.Values.Sum(list => list.Count));
        // Who takes over the names of one that was thought to be gone counts them again.
        Assert.InRange(snaps.Values.Sum(list => list[0].Stats.LocalObjects), Objects, 3 * Objects);
    }

    [Fact]
    public async Task ARenameSurvivesTheLossOfThePrimary()
    {
        const int Objects = 1500;
        await using var cluster = await InProcessCluster.StartAsync(3, 3);
        using var client = new SkeinClient([.. cluster.Proxies.Reverse().Select(proxy => proxy.Url)]);
        await FillAsync(client, Bucket, Objects);
        var renamed = BucketName.Ais("renamed");
        var id = await client.BucketJobs.RenameAsync(Bucket, renamed, Cancel);
        await cluster.Proxies[0].StopAsync(handsOver: false);
        var status = await client.Jobs.WaitAsync(
            new JobMessage { Id = id }, new JobWaitOptions { Timeout = TimeSpan.FromMinutes(1) }, null, Cancel);
        Assert.NotNull(status);
        Assert.Equal(("", false), (status.Error, status.IsAborted));
        Assert.Equal([renamed], await client.Buckets.ListAsync(null, Cancel));
        Assert.Equal(Objects, (await NamesAsync(client, renamed)).Count);
    }

    [Fact]
    public async Task ARenameAndATargetThatJoinsAtTheSameTimeLoseNothing()
    {
        const int Objects = 1000;
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        using var client = new SkeinClient(cluster.Proxies[1].Url);
        await FillAsync(client, Bucket, Objects);
        var renamed = BucketName.Ais("renamed");

        // The target comes when the rename has begun.
        var id = await client.BucketJobs.RenameAsync(Bucket, renamed, Cancel);
        await cluster.AddTargetAsync();
        await EndedWellAsync(client, id);
        await HasAllAsync(client, renamed, Objects);

        // The rename is asked for while a target comes: it is refused as long as objects move, and works then.
        var joining = cluster.AddTargetAsync();
        await Poll.UntilAsync(async () =>
        {
            try
            {
                id = await client.BucketJobs.RenameAsync(renamed, Bucket, Cancel);
                return null;
            }
            catch (SkeinException error) when (error.Status == HttpStatusCode.ServiceUnavailable)
            {
                return error.Message;
            }
        });
        await joining;
        await EndedWellAsync(client, id);
        await HasAllAsync(client, Bucket, Objects);
        await RebalanceView.UntilDoneAsync(cluster.Http, cluster.Url);
        await HasAllAsync(client, Bucket, Objects);
    }

    private static async Task EndedWellAsync(SkeinClient client, string id)
    {
        var status = await client.Jobs.WaitAsync(
            new JobMessage { Id = id }, new JobWaitOptions { Timeout = TimeSpan.FromMinutes(2) }, null, Cancel);
        Assert.NotNull(status);
        Assert.Equal(("", false), (status.Error, status.IsAborted));
    }

    /// <summary>The bucket is the only one, and has every object of <see cref="FillAsync"/> once, with its content.</summary>
    private static async Task HasAllAsync(SkeinClient client, BucketName bucket, int count)
    {
        Assert.Equal([bucket], await client.Buckets.ListAsync(null, Cancel));
        var names = Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"o-{i:00000}"));
        Assert.Equal(names, (await NamesAsync(client, bucket)).Select(entry => entry.Name));
        foreach (var name in names.Where((_, i) => i % 20 == 0))
        {
            await using var download = await client.Objects.GetAsync(bucket, name, cancellation: Cancel);
            using var reader = new StreamReader(download.Content, Encoding.UTF8);
            Assert.Equal("content of " + name, await reader.ReadToEndAsync(Cancel));
        }
    }

    internal static async Task FillAsync(SkeinClient client, BucketName bucket, int count)
    {
        await client.Buckets.CreateAsync(bucket, cancellation: Cancel);
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

    internal static async Task<List<ListEntry>> NamesAsync(
        SkeinClient client, BucketName bucket, ListOptions? options = null)
    {
        var names = new List<ListEntry>();
        await foreach (var entry in client.Buckets.ListObjectsAsync(bucket, options, Cancel))
        {
            names.Add(entry);
        }
        return names;
    }

    private static Skein.Client.Objects.ObjectSource ObjectSource(byte[] bytes) =>
        Skein.Client.Objects.ObjectSource.FromBytes(bytes);
}
