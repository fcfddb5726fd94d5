using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Skein.Core.Placement;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.Rebalance;

/// <summary>One target holds everything, a second one comes: how fast its share moves, beside plain PUT.</summary>
internal static class SpeedBench
{
    private const int Writers = 8;
    private const string Bucket = "bench";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(string title, int size, int objects)
    {
        await using var cluster = await ProcessCluster.StartAsync(1, 1);
        using var http = new TestHttp(Limit);
        (await http.CreateAsync(cluster.Url, Bucket)).Succeeded();
        var names = Names(objects);
        var stored = await FillAsync(http, cluster.Url, names, size);
        var target = cluster.Add("target", ["-discovery-url", cluster.Url, "-mountpaths", "1"]);
        await target.StartAsync(http);
        await cluster.SettleAsync();
        await RebalanceView.UntilDoneAsync(http, cluster.Url, Limit);
        var source = default(JsonElement);
        await Poll.UntilAsync(async () =>
        {
            source = await JobOfAsync(http, cluster.Url, cluster.Targets[0].Id);
            return source.GetProperty("end-time").GetDateTime().Year > 1 ? null : "the job has not ended";
        });
        var (sent, bytes) = (Number(source, "out-objs"), Number(source, "out-bytes"));
        var took = source.GetProperty("end-time").GetDateTime() - source.GetProperty("start-time").GetDateTime();
        var least = MovingNames(names, [cluster.Targets[0].Id, target.Id], target.Id) * (long)size;
        var (put, moved) = (Megabytes(objects * (long)size, stored), Megabytes(bytes, took));
        Say($"{title}: {objects} objects stored by plain PUT, {Writers} at a time: ");
        Say($"  {objects / stored.TotalSeconds:0} objects/s, {put:0.0} MB/s");
        Say($"{title}: {sent} moved in {took.TotalSeconds:0.00} s: ");
        Say($"  {sent / took.TotalSeconds:0} objects/s, {moved:0.0} MB/s = {moved / put:0.00} x plain PUT");
        Say($"  {bytes} bytes moved, the least possible is {least}: {(double)bytes / least:0.000} x");
    }

    /// <summary>Names of objects as they come in practice: some hundred in each folder.</summary>
    public static string[] Names(int objects) => [.. Enumerable.Range(0, objects).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"shard-{i / 500:D4}/object-{i:D8}"))];

    /// <summary>Stores objects.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> FillAsync(TestHttp http, string proxy, string[] names, int size)
    {
        var content = Payloads.Bytes(size, 1);
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = Writers },
            async (name, _) => (await http.PutAsync(proxy, $"{Bucket}/{name}", content)).Succeeded());
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>How many of the names the target owns.</summary>
    private static int MovingNames(string[] names, string[] targets, string target)
    {
        Array.Sort(targets, StringComparer.Ordinal);
        var digests = targets.Select(HrwDigest.OfText).ToArray();
        return names.Count(name => targets[Hrw.Choose(HrwDigest.OfObject("ais/@#/" + Bucket, name), digests)] == target);
    }

    private static async Task<JsonElement> JobOfAsync(TestHttp http, string proxy, string target)
    {
        var reply = await http.FollowAsync(
            HttpMethod.Get, proxy + "/v1/cluster?what=qryxstats", """{"kind":"rebalance"}"""u8.ToArray());
        return reply.Succeeded().Json.GetProperty(target).EnumerateArray().Last();
    }

    private static long Number(JsonElement job, string name) =>
        long.Parse(job.GetProperty("stats").GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static double Megabytes(long bytes, TimeSpan took) => bytes / 1e6 / took.TotalSeconds;

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
