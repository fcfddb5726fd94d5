using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

/// <summary>Every kind of table with fixed data, in a terminal of 80 columns and in one of 200.</summary>
public sealed class TableTests
{
    private const string Config =
        """{"mirror":{"copies":2,"burst_buffer":128,"enabled":false},"log":{"level":"3"}}""";

    private const string NodeConfig =
        """{"periodic":{"stats_time":"12s"},"local_config":{"confdir":"/etc/skein","host_net":{"port":"8081"}}}""";

    private const string Props =
        """
        {"provider":"ais","bid":"9223372036854775810","access":"18446744073709551615","features":"0",
        "created":"1795381291373175547",
        "backend_bck":{"name":"","provider":"","namespace":{"uuid":"","name":""}},"extra":{"aws":{}},"renamed":"",
        "checksum":{"type":"xxhash","validate_cold_get":false,"validate_warm_get":true,"validate_obj_move":false},
        "ec":{"enabled":false},"lru":{"enabled":true,"dont_evict_time":"2h0m"},"mirror":{"copies":2,"enabled":true},
        "versioning":{"enabled":true,"validate_warm_get":false}}
        """;

    private const string Buckets =
        """
        {"version":"7","uuid":"FakeUuid1","providers":{"ais":{"@#":{
        "photos":{"created":"1795381291373175547","mirror":{"enabled":true,"copies":2},"ec":{"enabled":false}},
        "logs":{"created":"1795381291373175547","mirror":{"enabled":false,"copies":2},"ec":{"enabled":false}}}}}}
        """;

    private const string Sums =
        """
        [{"name":"photos","provider":"ais","namespace":{"uuid":"","name":""},
        "ObjCount":{"obj_count_present":"4","obj_count_remote":"0"},
        "ObjSize":{"obj_min_size":7,"obj_avg_size":12503,"obj_max_size":50002},
        "TotalSize":{"size_on_disk":"418662","size_all_present_objs":"50023","size_all_remote_objs":"0"},
        "used_pct":3},
        {"name":"logs","provider":"ais","namespace":{"uuid":"","name":""},
        "ObjCount":{"obj_count_present":"0"},"ObjSize":{},"TotalSize":{}}]
        """;

    // Two sorts: one has ended, one runs; and how the first one stands on each target.
    private static readonly string Sort = Sorted("srt-Gx7k2Tq0b", "2026-11-22T21:04:34Z", "2026-11-22T21:04:37.5Z", isOver: true);

    private static readonly string Sorts =
        $"[{Sort},{Sorted("srt-Running01", "2026-11-22T21:05:00Z", "0001-01-01T00:00:00Z", isOver: false)}]";

    private const string Disk = """{"vda":{"RBps":5458,"Ravg":4096,"WBps":3072327,"Wavg":31017,"Util":7}}""";

    private static readonly string[] Trackers =
    [
        """{"tracker":{"get.n":3,"get.size":50023,"get.ns":9000000,"lst.n":18,"put.n":0,"err.get.n":1,"up.ns.time":7}}""",
        """{"tracker":{"get.n":5,"get.size":150023,"get.ns":15000000,"lst.n":18,"put.n":0,"err.get.n":1,"up.ns.time":9}}""",
    ];

    [Theory]
    [InlineData("table-config", "config", "cluster")]
    [InlineData("table-config-node", "config", "node", "target01")]
    [InlineData("table-config-local", "show", "config", "local", "target01")]
    [InlineData("table-props", "bucket", "props", "show", "ais://photos")]
    [InlineData("table-props-compact", "show", "bucket", "ais://photos", "--compact")]
    [InlineData("table-bmd", "show", "cluster", "bmd")]
    [InlineData("table-ls-summary", "ls", "--summary")]
    [InlineData("table-summary", "storage", "summary")]
    [InlineData("table-object", "object", "show", "ais://photos/a.jpg", "--props", "all")]
    [InlineData("table-disk", "show", "performance", "disk")]
    [InlineData("table-counters", "show", "performance", "counters")]
    [InlineData("table-counters-regex", "performance", "counters", "--regex", "put|err")]
    [InlineData("table-counters-average", "performance", "counters", "target01", "--average-size", "--units", "raw")]
    [InlineData("table-throughput", "show", "performance", "throughput")]
    [InlineData("table-latency", "show", "performance", "latency")]
    [InlineData("table-alias", "alias")]
    [InlineData("table-sorts", "show", "job", "dsort", "--all")]
    [InlineData("table-sorts-verbose", "show", "job", "dsort", "--all", "--verbose")]
    [InlineData("table-sort", "show", "job", "srt-Gx7k2Tq0b")]
    [InlineData("table-sort-node", "show", "job", "dsort", "srt-Gx7k2Tq0b", "target02")]
    public async Task Looks_as_agreed(string golden, params string[] arguments)
    {
        var assembly = typeof(TableTests).Assembly;
        foreach (var width in (int[])[80, 200])
        {
            await using var cluster = await ClusterAsync();
            using var cli = new CliRunner(cluster) { Width = width, Time = new ImpatientTime() };

            var result = await cli.RunAsync(arguments);

            Golden.Check($"Cli/Golden/{golden}-{width}", result.ToString(), assembly);
            Assert.Equal(0, result.Code);
            // The totals are AIStore's line, which scripts look for; what people read in columns has to fit.
            Assert.All(
                result.Output.Split('\n').Where(line => !line.StartsWith("Total: ", StringComparison.Ordinal)),
                line => Assert.True(line.Length <= width, $"{line.Length} columns: {line}"));
        }
    }

    private static async Task<FakeCluster> ClusterAsync()
    {
        var cluster = await FakeCluster.StartAsync(proxies: 1, targets: 2);
        cluster.Answers["GET /v1/cluster?what=cluster_config"] = Config;
        cluster.Answers["GET /v1/cluster?what=bmd"] = Buckets;
        cluster.Answers["GET /v1/reverse/daemon?what=config"] = NodeConfig;
        cluster.Answers["GET /v1/reverse/daemon?what=disk"] = Disk;
        cluster.Answers["GET /v1/reverse/daemon?what=mountpaths"] = "{}";
        foreach (var id in cluster.Map.Targets.Keys)
        {
            cluster.Statuses[id] = new NodeStatus();
        }
        var asked = 0;
        cluster.Intercept = async (context, _) =>
        {
            var request = context.Request;
            if (request.Query["what"] == "node_stats")
            {
                // The first sample of both targets, then the second.
                await context.Response.WriteAsync(Trackers[Math.Min(asked++ / 2, 1)]);
                return true;
            }
            if (request.Method == "HEAD")
            {
                Describe(context);
                return true;
            }
            if (request.Path == "/v1/sort")
            {
                await context.Response.WriteAsync(
                    request.Query.ContainsKey("uuid") ? $$"""{"target01":{{Sort}},"target02":{{Sort}}}""" : Sorts);
                return true;
            }
            if (request.Path != "/v1/buckets")
            {
                return false;
            }
            await context.Response.WriteAsync(Sums, Encoding.UTF8);
            return true;
        };
        return cluster;
    }

    private static string Sorted(string id, string began, string ended, bool isOver) =>
        $$$"""
        {"id":"{{{id}}}","src-bck":{"name":"shards","provider":"ais","namespace":{"uuid":"","name":""}},
        "dst-bck":{"name":"shuffled","provider":"ais","namespace":{"uuid":"","name":""}},"started_time":"{{{began}}}",
        "finish_time":"{{{ended}}}","started_meta_sorting":1440000000,"started_shard_creation":11000000,
        "finished_shard_creation":{{{(isOver ? "2000000000" : "0")}}},"loc-objs":"500","loc-bytes":"5242880",
        "Metrics":{"description":"shuffle for training"},"aborted":false,"archived":{{{(isOver ? "true" : "false")}}} }
        """;

    private static void Describe(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (context.Request.Path.StartsWithSegments("/v1/buckets"))
        {
            headers["Ais-Bucket-Props"] = Props.ReplaceLineEndings("");
            return;
        }
        headers.ContentLength = 50_002;
        headers["Ais-Atime"] = "1795381289859106078";
        headers["Ais-Checksum-Type"] = "xxhash";
        headers["Ais-Checksum-Value"] = "42e5a56599499d9c";
        headers["Ais-Version"] = "2";
        headers["Ais-Custom-Md"] = "place=Rome";
        headers["Ais-Location"] = "t[target01]:mp[/data/mp1, vda]";
        headers["Ais-Mirror-Copies"] = "1";
        headers["Ais-Mirror-Paths"] = "[/data/mp1]";
    }

    /// <summary>A clock that jumps over waits of up to five seconds; longer ones are limits, and do not end.</summary>
    private sealed class ImpatientTime : FakeTimeProvider
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= TimeSpan.Zero || dueTime > Limit)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }
            Advance(dueTime);
            var timer = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return timer;
        }
    }
}
