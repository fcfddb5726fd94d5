using System.Globalization;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests.Soak;

/// <summary>
/// In the middle of a rebalance a source, the receiver and the primary are killed: it goes on by itself and finishes, and
/// every object is there once. <c>SKEIN_REBALANCE_OBJECTS</c> says how many objects there are.
/// </summary>
public sealed class RebalanceCrashTests
{
    private const string Bucket = "moved";
    private const int Writers = 8;

    /// <summary>So many that the third kill comes before everything has moved.</summary>
    private const int ManyObjects = 30_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static int Objects { get; } = TestSetting.Number("SKEIN_REBALANCE_OBJECTS", 3000);

    [Fact]
    public async Task KilledInTheMiddleItGoesOnByItself()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 2, mountpaths: 2);
        using var http = new TestHttp(TimeSpan.FromSeconds(30));
        await ClusterDocuments.UntilVotersAsync(cluster.Http, cluster.Nodes, 3);
        (await http.CreateAsync(cluster.Url, Bucket)).Succeeded();
        var ledger = await FillAsync(cluster, http);
        var receiver = cluster.Add("target", ["-discovery-url", cluster.Url, "-mountpaths", "2"]);
        await receiver.StartAsync(http);
        var source = cluster.Targets[0];
        var inTheMiddle = await KillInTheMiddleAsync(cluster, source);
        Assert.True(inTheMiddle);
        inTheMiddle &= await KillInTheMiddleAsync(cluster, receiver);
        inTheMiddle &= await KillInTheMiddleAsync(cluster, await ControlCalls.PrimaryAsync(cluster, cluster.Proxies[0]));
        Assert.True(inTheMiddle || Objects < ManyObjects);
        var asked = cluster.Proxies[0];
        var took = await Poll.UntilAsync(
            async () =>
            {
                try
                {
                    var seen = await RebalanceView.ReadAsync(http, asked.Url);
                    return seen.GetProperty("settled").GetBoolean() ? null : seen.GetRawText();
                }
                catch (HttpRequestException e)
                {
                    return e.Message;
                }
            },
            Limit);
        Report.Line($"{Objects} objects; all in their place {took.TotalSeconds:0.0} s after the last kill");
        await ledger.CheckAsync(cluster, Bucket);
        var files = cluster.Targets.ToDictionary(node => node.Id, Files);
        Report.Line($"on disk: {string.Join(", ", files.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Assert.Equal(Objects, files.Values.Sum());
        Assert.InRange(files[receiver.Id], Objects / 5, Objects / 2);
    }

    private static async Task<Ledger> FillAsync(ProcessCluster cluster, TestHttp http)
    {
        var ledger = new Ledger();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Objects),
            new ParallelOptions { MaxDegreeOfParallelism = Writers },
            async (number, _) =>
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"d{number % 97}/o{number}");
                var content = Payloads.Bytes(1 + (number % 5000), number);
                ledger.Sending(name, content);
                (await http.PutAsync(cluster.Url, $"{Bucket}/{name}", content)).Succeeded();
                ledger.Confirm(name, content);
            });
        return ledger;
    }

    /// <summary>Waits until some more objects have come to the new target, and kills; the node is back at once.</summary>
    /// <returns>True when there were objects left to be moved.</returns>
    private static async Task<bool> KillInTheMiddleAsync(ProcessCluster cluster, ProcessNode node)
    {
        var receiver = cluster.Targets[^1];
        var before = Files(receiver);
        await Poll.UntilAsync(
            async () =>
            {
                var now = Files(receiver);
                return now > before || await IsDoneAsync(cluster) ? null : $"{receiver.Id} has {now} objects, had {before}";
            },
            Limit);
        var inTheMiddle = !await IsDoneAsync(cluster);
        Report.Line($"{node.Id} is killed; {receiver.Id} has {Files(receiver)} of {Objects} objects");
        await node.KillAsync();
        await node.StartAsync(cluster.Http);
        await Poll.UntilAsync(
            async () => (await cluster.Http.SendAsync(HttpMethod.Get, node.Url + "/v1/health")).IsSuccess ? null : "not healthy",
            Limit);
        return inTheMiddle;
    }

    private static async Task<bool> IsDoneAsync(ProcessCluster cluster)
    {
        foreach (var proxy in cluster.Proxies)
        {
            try
            {
                var seen = await RebalanceView.ReadAsync(cluster.Http, proxy.Url);
                return seen.GetProperty("id").GetString() is "g1" && seen.GetProperty("settled").GetBoolean();
            }
            catch (HttpRequestException)
            {
                // Another one knows.
            }
        }
        return false;
    }

    private static int Files(ProcessNode node) => Directory
        .EnumerateDirectories(node.Folder, "%ob", SearchOption.AllDirectories)
        .Where(folder => folder.Contains(Bucket, StringComparison.Ordinal))
        .Sum(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count());
}
