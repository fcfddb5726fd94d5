using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

/// <summary>What <c>skein job</c>, <c>show job</c>, <c>start</c>, <c>stop</c> and <c>wait</c> print and send.</summary>
public sealed class JobCommandTests
{
    private static readonly DateTime Start = new(2026, 11, 22, 21, 9, 8, DateTimeKind.Utc);

    [Theory]
    [InlineData("job-show", null, "job", "show")]
    [InlineData("job-show-all", null, "show", "job", "--all")]
    [InlineData("job-show-80", 80, "show", "job", "--all")]
    [InlineData("job-show-kind", null, "show", "job", "copy-bucket", "--all")]
    [InlineData("job-show-id", null, "show", "job", "resilver[Rs1]")]
    [InlineData("job-show-node", null, "show", "job", "copy-bck", "Cp1", "t[target02]")]
    [InlineData("job-show-none", null, "show", "job", "lru")]
    [InlineData("job-show-unknown", null, "show", "job", "nosuch")]
    [InlineData("job-show-proxy", null, "show", "job", "proxy001")]
    [InlineData("job-show-too-many", null, "show", "job", "one", "two")]
    [InlineData("job-show-plain", null, "show", "job", "--all", "--no-headers")]
    [InlineData("job-show-refresh", null, "show", "job", "--refresh", "never")]
    [InlineData("job-show-rebalance", null, "show", "rebalance", "--all")]
    [InlineData("job-show-rebalance-80", 80, "cluster", "rebalance", "show", "--all")]
    [InlineData("job-show-rebalance-none", null, "show", "rebalance")]
    [InlineData("job-start-rebalance", null, "start", "rebalance")]
    [InlineData("job-start-rebalance-cluster", null, "cluster", "rebalance", "start")]
    [InlineData("job-start-resilver", null, "job", "start", "resilver", "target0")]
    [InlineData("job-start-node", null, "job", "start", "resilver", "target01")]
    [InlineData("job-start-bogus", null, "start", "bogus")]
    [InlineData("job-stop", null, "stop", "resilver")]
    [InlineData("job-stop-id", null, "job", "stop", "Rs1")]
    [InlineData("job-stop-unknown", null, "job", "stop", "nosuch")]
    [InlineData("job-stop-rebalance", null, "cluster", "rebalance", "stop")]
    [InlineData("job-wait-unknown", null, "wait", "nosuch")]
    [InlineData("job-wait-never", null, "wait", "rebalance")]
    [InlineData("job-wait-aborted", null, "wait", "Cp2")]
    [InlineData("job-wait-errors", null, "job", "wait", "copy-bck", "Cp1")]
    [InlineData("job-wait-done", null, "job", "wait", "prefetch-objects", "Pf1")]
    [InlineData("job-wait-bad-time", null, "wait", "Cp1", "--timeout", "soon")]
    [InlineData("help-job", 80, "job", "--help")]
    [InlineData("help-job-show", 80, "show", "job", "--help")]
    [InlineData("help-job-start", 80, "start", "--help")]
    [InlineData("help-job-stop", 80, "job", "stop", "--help")]
    [InlineData("help-job-wait", 80, "wait", "--help")]
    [InlineData("help-show-rebalance", 80, "show", "rebalance", "--help")]
    [InlineData("help-cluster-rebalance", 80, "cluster", "rebalance", "--help")]
    public async Task Looks_as_agreed(string golden, int? width, params string[] arguments)
    {
        await using var cluster = await FakeCluster.StartAsync();
        var script = Script(cluster);
        using var cli = new CliRunner(cluster)
        {
            Width = width,
            Time = new FakeTimeProvider(new DateTimeOffset(Start.AddHours(1))),
        };

        var result = await cli.RunAsync(arguments);

        var sent = string.Concat(script.Sent.Select(line => $"> {line}\n"));
        Golden.Check("Cli/Golden/" + golden, result + sent, typeof(JobCommandTests).Assembly);
        Assert.All(result.Output.Split('\n'), line => Assert.True(width is null || line.Length <= width, line));
    }

    [Theory]
    [InlineData("target01", "show", "job", "--all", "--json")]
    [InlineData("target02", "show", "rebalance", "--json")]
    [InlineData("names", "start", "cleanup", "--json")]
    [InlineData("names", "stop", "resilver", "--json")]
    [InlineData("end_time", "wait", "Pf1", "--json")]
    [InlineData("end_time", "wait", "rebalance", "--json")]
    public async Task Json_is_one_document(string member, params string[] arguments)
    {
        await using var cluster = await FakeCluster.StartAsync();
        Script(cluster);
        using var cli = new CliRunner(cluster);

        var result = await cli.RunAsync(arguments);

        Assert.Equal(0, result.Code);
        Assert.True(JsonDocument.Parse(result.Output).RootElement.TryGetProperty(member, out _), result.Output);
    }

    [Fact]
    public async Task A_wait_ends_when_the_last_target_is_done_and_bears_a_cluster_that_cannot_say()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var asked = 0;
        var script = Script(cluster)
            .On("start", "Rs9")
            .On("status", _ => Interlocked.Increment(ref asked) switch
            {
                1 => (200, """{"kind":"resilver","uuid":"Rs9","err":"","end_time":0,"aborted":false}"""),
                2 => (404, "for a moment nobody knows it"),
                _ => (200, """{"kind":"resilver","uuid":"Rs9","err":"","end_time":1795381484707261845,"aborted":false}"""),
            });
        using var cli = new CliRunner(cluster) { Time = TimeProvider.System };

        var result = await cli.RunAsync("start", "resilver", "--wait");

        Assert.Equal((0, 3), (result.Code, asked));
        Assert.EndsWith("Waiting for resilver[Rs9] ...\nDone.\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("status id=\"Rs9\" kind=\"resilver\"", script.Sent);
    }

    [Fact]
    public async Task A_wait_can_have_a_limit()
    {
        await using var cluster = await FakeCluster.StartAsync();
        Script(cluster);
        using var cli = new CliRunner(cluster) { Time = TimeProvider.System };

        var result = await cli.RunAsync("wait", "Rs1", "--timeout", "1ms");

        Assert.Equal(1, result.Code);
        Assert.StartsWith("Error: resilver[Rs1] has not ended within ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_shows_again_until_nothing_runs()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var asked = 0;
        Script(cluster).On("qryxstats", _ => (200, Snaps(Snap("Rs1", "resilver") with
        {
            EndTime = Interlocked.Increment(ref asked) < 3 ? JobSnap.NoTime : Start.AddMinutes(1),
        })));
        using var cli = new CliRunner(cluster) { Time = TimeProvider.System };

        var result = await cli.RunAsync("show", "job", "resilver", "--refresh", "0.01");

        Assert.Equal((0, 3), (result.Code, asked));
        Assert.Equal(2, result.Output.Split("Running").Length - 1);
        Assert.Contains("Finished", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "Copying ais://a => ais://b: done, 1 object, 7B")]
    [InlineData(2, "Copying ais://a => ais://b: done, 2 objects, 7B")]
    public async Task A_copy_says_how_many_objects(int count, string text)
    {
        await using var cluster = await FakeCluster.StartAsync();
        var script = Script(cluster)
            .On("status", """{"kind":"copy-bck","uuid":"Cp9","err":"","end_time":1795381484707261845,"aborted":false}""")
            .On("qryxstats", Snaps(Snap("Cp9", "copy-bck") with
            {
                EndTime = Start.AddSeconds(1),
                Stats = new JobStats { LocalObjects = count, LocalBytes = 7 },
            }));
        cluster.Intercept = async (context, isProxy) =>
        {
            if (context.Request.Path != "/v1/buckets/a")
            {
                return await script.HandleAsync(context, isProxy);
            }
            await context.Response.WriteAsync("Cp9");
            return true;
        };
        using var cli = new CliRunner(cluster) { Time = TimeProvider.System };

        var result = await cli.RunAsync("bucket", "cp", "ais://a", "ais://b", "--wait");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(text, result.Output, StringComparison.Ordinal);
    }

    private static ClusterScript Script(FakeCluster cluster)
    {
        var script = new ClusterScript(cluster);
        return script
            .On("qryxstats", Snaps)
            .On("status", query => Statuses(query) is [.., var last]
                ? (200, JsonSerializer.Serialize(last, WireJsonContext.Output.JobStatus))
                : (404, "x- not found"))
            .On("status_all", query => (200, Statuses(query) is { Count: > 0 } statuses
                ? JsonSerializer.Serialize(statuses, WireJsonContext.Output.ListJobStatus)
                : "null"))
            .On("start", value => (200, Kind(value) == "rebalance" ? "g10" : "Nw1"))
            .On("stop", "");
    }

    private static (int Status, string Text) Snaps(JsonElement query)
    {
        var message = query.Deserialize(WireJsonContext.Default.JobMessage)!;
        SortedDictionary<string, IReadOnlyList<JobSnap>> snaps = new(StringComparer.Ordinal);
        foreach (var (node, all) in All().Where(pair => message.AskedNode.Length == 0 || pair.Key == message.AskedNode))
        {
            snaps[node] = [.. all.Where(message.Matches)];
        }
        return message.AskedId.Length != 0 && snaps.Values.All(list => list.Count == 0)
            ? (404, $"\"x-[{message.AskedId}]\" not found")
            : (200, JsonSerializer.Serialize(
                snaps, WireJsonContext.Output.SortedDictionaryStringIReadOnlyListJobSnap));
    }

    private static string Snaps(JobSnap snap) => JsonSerializer.Serialize(
        new SortedDictionary<string, IReadOnlyList<JobSnap>> { ["target01"] = [snap] },
        WireJsonContext.Output.SortedDictionaryStringIReadOnlyListJobSnap);

    private static List<JobStatus> Statuses(JsonElement query)
    {
        var message = query.Deserialize(WireJsonContext.Default.JobMessage)!;
        var snaps = All().ToDictionary(
            pair => pair.Key, pair => (IReadOnlyList<JobSnap>)[.. pair.Value.Where(message.Matches)]);
        return [.. JobSummary.Statuses(snaps).Where(status => status.Kind != "rebalance" || message.Id == "g9")];
    }

    private static string Kind(JsonElement value) => value.GetProperty("kind").GetString()!;

    private static Dictionary<string, IReadOnlyList<JobSnap>> All()
    {
        var one = new WireBucket { Name = "cli1", Provider = "ais" };
        var copy = Snap("Cp1", "copy-bck") with
        {
            Source = one,
            Destination = one with { Name = "cli3" },
            Bucket = one with { Name = "cli3" },
            EndTime = Start.AddSeconds(14),
            IsIdle = true,
        };
        var moved = Snap("g9", "rebalance") with { EndTime = Start.AddDays(-1).AddSeconds(9), StartTime = Start.AddDays(-1) };
        return new Dictionary<string, IReadOnlyList<JobSnap>>
        {
            ["target01"] =
            [
                copy with { Stats = new JobStats { LocalObjects = 1, LocalBytes = 50_002 } },
                Snap("Rs1", "resilver") with { StartTime = Start.AddMinutes(1) },
                copy with { Id = "Cp2", IsAborted = true, AbortReason = "stopped by p[proxy001]" },
                moved with { Stats = new JobStats { SentObjects = 4, SentBytes = 4004 } },
                moved with { Id = "g10", IsAborted = true, AbortReason = "renewal abort" },
            ],
            ["target02"] =
            [
                copy with { Error = "ais://cli1/o: no space left (and 2 more errors)" },
                Snap("Rs1", "resilver") with { StartTime = Start.AddMinutes(1), IsIdle = true },
                Snap("Pf1", "prefetch-listrange") with { Bucket = one, EndTime = Start.AddSeconds(1) },
                moved with { Stats = new JobStats { ReceivedObjects = 4, ReceivedBytes = 4004 } },
            ],
        };
    }

    private static JobSnap Snap(string id, string kind) => new() { Id = id, Kind = kind, StartTime = Start };
}
