using System.Text.Json;
using Skein.Core.Nodes;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

/// <summary>What <c>skein cluster add-remove-nodes</c>, <c>cluster shutdown</c> and <c>advanced</c> do.</summary>
public sealed class NodeCommandTests
{
    private const string Plan = """
        {"nodes":["target02"],"moves":{"objects":12,"bytes":12114},"lost":{"objects":3,"bytes":300},"notes":["a note"]}
        """;

    private const string Nodes = "cluster add-remove-nodes ";

    [Theory]
    [InlineData("node-maintenance", true, Nodes + "start-maintenance target02")]
    [InlineData("node-maintenance-two", true, Nodes + "start-maintenance t[target02] target01,target02 -y")]
    [InlineData("node-maintenance-not", false, Nodes + "start-maintenance target02")]
    [InlineData("node-maintenance-nobody", null, Nodes + "start-maintenance target02")]
    [InlineData("node-maintenance-unknown", true, Nodes + "start-maintenance nonode")]
    [InlineData("node-maintenance-unclear", true, Nodes + "start-maintenance target")]
    [InlineData("node-maintenance-refused", true, Nodes + "start-maintenance proxy001")]
    [InlineData("node-maintenance-dry", null, Nodes + "start-maintenance target02 --dry-run")]
    [InlineData("node-maintenance-json", null, Nodes + "start-maintenance target02 -y --json")]
    [InlineData("node-back", null, Nodes + "stop-maintenance target02")]
    [InlineData("node-decommission", true, Nodes + "decommission target02 --rm-user-data --keep-initial-config")]
    [InlineData("node-decommission-lossy", true, Nodes + "decommission target02 --no-rebalance --no-shutdown")]
    [InlineData("node-decommission-lossy-not", false, Nodes + "decommission target02 --no-rebalance")]
    [InlineData("node-decommission-lossy-yes", null, Nodes + "decommission target02 --no-rebalance -y")]
    [InlineData("node-decommission-proxy", true, Nodes + "decommission p[proxy002 --no-rebalance")]
    [InlineData("node-decommission-dry", null, Nodes + "decommission target02 --dry-run --json")]
    [InlineData("node-shutdown", null, Nodes + "shutdown proxy002 -y")]
    [InlineData("node-shutdown-option", null, Nodes + "shutdown proxy002 --rm-user-data")]
    [InlineData("cluster-shutdown", true, "cluster shutdown")]
    [InlineData("cluster-shutdown-nobody", null, "cluster shutdown")]
    [InlineData("cluster-decommission", null, "cluster decommission --rm-user-data -y")]
    [InlineData("cluster-decommission-not", false, "cluster decommission")]
    [InlineData("advanced-remove", true, "advanced remove-from-smap target02")]
    [InlineData("advanced-remove-nobody", null, "advanced remove-from-smap target02")]
    [InlineData("advanced-node", null, "advanced random-node")]
    [InlineData("advanced-mountpath", null, "advanced random-mountpath target02")]
    [InlineData("advanced-mountpath-any", null, "advanced random-mountpath --json")]
    [InlineData("advanced-mountpath-proxy", null, "advanced random-mountpath proxy001")]
    [InlineData("help-cluster-nodes", null, Nodes + "--help")]
    [InlineData("help-cluster-maintenance", null, Nodes + "start-maintenance --help")]
    [InlineData("help-cluster-decommission-node", null, Nodes + "decommission --help")]
    [InlineData("help-cluster-shutdown", null, "cluster shutdown --help")]
    [InlineData("help-cluster-decommission", null, "cluster decommission --help")]
    [InlineData("help-advanced", null, "advanced --help")]
    [InlineData("help-advanced-remove", null, "advanced remove-from-smap --help")]
    public async Task Looks_as_agreed(string golden, bool? answer, string arguments)
    {
        await using var cluster = await FakeCluster.StartAsync();
        var script = Script(cluster);
        using var cli = new CliRunner(cluster)
        {
            Answer = answer,
            Width = arguments.EndsWith("help", StringComparison.Ordinal) ? 80 : null,
        };

        var result = await cli.RunAsync(arguments.Split(' '));

        var sent = string.Concat(script.Sent.Select(line => $"> {line}\n"));
        Golden.Check("Cli/Golden/" + golden, result + sent, typeof(NodeCommandTests).Assembly);
    }

    [Theory]
    [InlineData("start-maintenance", "g8", NodeFlags.Maintenance | NodeFlags.MaintenanceDone, "can be switched off")]
    [InlineData("stop-maintenance", "", NodeFlags.None, "t[target02] has its data")]
    [InlineData("decommission", "g8", null, "t[target02] has been decommissioned")]
    [InlineData("shutdown", "", NodeFlags.Maintenance | NodeFlags.MaintenanceDone, "t[target02] has been shut down")]
    public async Task A_wait_ends_when_the_map_and_the_rebalance_say_so(
        string action, string rebalance, NodeFlags? wanted, string done)
    {
        await using var cluster = await FakeCluster.StartAsync();
        SetFlags(cluster, NodeFlags.Maintenance);
        var asked = 0;
        var word = action is "decommission" or "shutdown" ? action + "-node" : action;
        var script = Script(cluster).On(word, rebalance);
        var inner = cluster.Intercept!;
        cluster.Intercept = async (context, isProxy) =>
        {
            if (context.Request.Path == "/v1/daemon" && Interlocked.Increment(ref asked) == 3)
            {
                Assert.Contains(script.Sent, line => line.StartsWith(word, StringComparison.Ordinal));
                SetFlags(cluster, wanted);
            }
            return await inner(context, isProxy);
        };
        using var cli = new CliRunner(cluster) { Time = TimeProvider.System };

        var result = await cli.RunAsync("cluster", "add-remove-nodes", action, "target02", "--wait", "-y");

        Assert.True(result.Code == 0, result.ToString());
        Assert.Contains(done, result.Output, StringComparison.Ordinal);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_node_is_shut_down_when_its_process_answers_no_more()
    {
        await using var cluster = await FakeCluster.StartAsync();
        await using var other = await FakeCluster.StartAsync(proxies: 1, targets: 0);
        SetFlags(cluster, NodeFlags.Maintenance | NodeFlags.MaintenanceDone, other.ProxyUrls[0]);
        Script(cluster);
        using var cli = new CliRunner(cluster) { Time = TimeProvider.System };

        var wait = cli.RunAsync("cluster", "add-remove-nodes", "shutdown", "target02", "--wait", "-y");

        await Poll.UntilAsync(() => Task.FromResult(other.Requests.IsEmpty ? "the node was not asked" : null));
        Assert.False(wait.IsCompleted);
        await other.DisposeAsync();
        var result = await wait;
        Assert.True(result.Code == 0, result.ToString());
        Assert.StartsWith("t[target02] has been shut down\n", result.Output, StringComparison.Ordinal);
    }

    private static void SetFlags(FakeCluster cluster, NodeFlags? flags, string? url = null)
    {
        var map = cluster.Map with { Version = cluster.Map.Version + 1 };
        var node = map.Targets["target02"];
        map.Targets.Remove("target02");
        if (flags is { } present)
        {
            // Nobody is at port 1.
            var address = NodeAddress.Create("http", "127.0.0.1", url is null ? 1 : new Uri(url).Port);
            map.Targets["target02"] = node with { FlagBits = (ulong)present, PublicNet = address };
        }
        cluster.Map = map;
    }

    private static ClusterScript Script(FakeCluster cluster)
    {
        (int, string) Change(JsonElement value) => value.TryGetProperty("dry_run", out _) ? (200, Plan)
            : value.TryGetProperty("sid", out var id) && id.GetString() == "proxy001"
                ? (400, "p[proxy001] is the current primary, cannot perform action \"start-maintenance\" on itself")
                : value.TryGetProperty("skip_rebalance", out var skip) && skip.GetBoolean() ? (200, "") : (200, "g8");
        return new ClusterScript(cluster)
            .On("start-maintenance", Change)
            .On("stop-maintenance", Change)
            .On("decommission-node", Change)
            .On("shutdown-node", "")
            .On("rm-unsafe", "")
            .On("shutdown", "")
            .On("decommission", "")
            .On("status", """{"kind":"rebalance","uuid":"g8","err":"","end_time":1,"aborted":false}""")
            .On("qryxstats", """{"target01":[],"target02":[]}""")
            .On("mountpaths", """{"targets":{"target01":{"available":["/a"]},"target02":{"available":["/b"]}}}""");
    }
}
