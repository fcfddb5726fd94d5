using System.Text.Json;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

/// <summary>What <c>skein cluster</c> and <c>show cluster control</c> print.</summary>
public sealed class ClusterCommandTests
{
    private static readonly NodeStatus Started = new()
    {
        ProductVersion = "0.1.0",
        Cluster = new() { Flags = NodeStateInfo.ClusterStarted | NodeStateInfo.NodeStarted },
    };

    [Theory]
    [InlineData("cluster-history", null, "cluster", "history")]
    [InlineData("cluster-history-80", 80, "cluster", "history")]
    [InlineData("cluster-history-diff", 80, "cluster", "history", "diff", "11", "12")]
    [InlineData("cluster-control", null, "show", "cluster", "control")]
    [InlineData("cluster-control-80", 80, "show", "cluster", "control")]
    [InlineData("cluster-show-80", 80, "cluster", "show")]
    [InlineData("cluster-set-primary", 80, "cluster", "set-primary", "p[proxy002]")]
    [InlineData("cluster-set-primary-unknown", 80, "cluster", "set-primary", "nonode")]
    [InlineData("cluster-set-primary-target", 80, "cluster", "set-primary", "target01")]
    [InlineData("cluster-join", 80, "cluster", "add-remove-nodes", "join", "--role", "target", "127.0.0.1:26194")]
    [InlineData("cluster-join-role", 80, "cluster", "add-remove-nodes", "join", "--role", "x", "127.0.0.1:26194")]
    [InlineData("cluster-force-dry", null, "cluster", "force-primary", "--node", "proxy002")]
    [InlineData("cluster-force", null, "cluster", "force-primary", "--node", "proxy002", "--accept-loss", "--yes")]
    [InlineData("cluster-force-ask", 80, "cluster", "force-primary", "--node", "proxy002", "--accept-loss")]
    [InlineData("remote-show-80", 80, "show", "remote-cluster")]
    [InlineData("remote-attach", 80, "cluster", "remote-attach", "lab=http://10.0.0.8:8080")]
    [InlineData("remote-attach-wrong", 80, "cluster", "remote-attach", "lab")]
    [InlineData("remote-detach", 80, "cluster", "remote-detach", "lab")]
    public async Task Looks_as_agreed(string golden, int? width, params string[] arguments)
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster) { Width = width };

        var result = await cli.RunAsync(arguments);

        Golden.Check("Cli/Golden/" + golden, result.ToString(), typeof(ClusterCommandTests).Assembly);
        Assert.All(result.Output.Split('\n'), line => Assert.True(width is null || line.Length <= width, line));
    }

    [Theory]
    [InlineData("entries", "cluster", "history", "--json")]
    [InlineData("changes", "cluster", "history", "diff", "11", "12", "--json")]
    [InlineData("voters", "show", "cluster", "control", "--json")]
    [InlineData("control", "show", "cluster", "--json")]
    [InlineData("names", "cluster", "set-primary", "proxy002", "--json")]
    [InlineData("daemon_id", "cluster", "add-remove-nodes", "join", "--role", "target", "127.0.0.1:26194", "--json")]
    [InlineData("losses", "cluster", "force-primary", "--node", "proxy002", "--json")]
    [InlineData("a", "show", "remote-cluster", "--json")]
    public async Task Json_is_one_document(string member, params string[] arguments)
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster);

        var result = await cli.RunAsync(arguments);

        Assert.Equal(0, result.Code);
        Assert.True(JsonDocument.Parse(result.Output).RootElement.TryGetProperty(member, out _), result.Output);
    }

    private static async Task<FakeCluster> ClusterAsync()
    {
        var cluster = await FakeCluster.StartAsync(proxies: 2, targets: 1);
        var map = new WireClusterMap { Uuid = "FakeUuid1", Version = 7, CreationTime = "2026-01-02 03:04:05" };
        foreach (var (id, type) in Ids())
        {
            var node = new NodeInfo
            {
                Id = id,
                Type = type,
                PublicNet = NodeAddress.Create("http", "10.0.0.7", 8000),
                ControlNet = NodeAddress.Create("http", "10.0.0.7", 8000),
                DataNet = NodeAddress.Create("http", "10.0.0.7", 8000),
            };
            (type == NodeRoles.Proxy ? map.Proxies : map.Targets)[id] = node;
            cluster.Statuses[id] = Started;
        }
        cluster.Map = map with { Primary = map.Proxies["proxy001"] };
        cluster.Control = Control();
        cluster.Answers["GET /v1/cluster?what=remote"] =
            """{"a":[{"url":"http://10.0.0.8:8080","alias":"lab","uuid":"RemUuid1","smap":null}],"ver":7}""";
        cluster.Answers["PUT /v1/cluster/attach?what=remote"] = "";
        cluster.Answers["PUT /v1/cluster/detach?what=remote"] = "";
        cluster.Answers["GET /v1/cluster?what=history&limit=50&from=&to="] = JsonSerializer.Serialize(
            Timeline(), WireJsonContext.Output.TimelineReply);
        cluster.Answers["GET /v1/cluster?what=history_diff&from=11&to=12"] =
            """
            {"from":{"version":11,"term":2,"time":1795381280000,"who":"127.0.0.1:5","what":"create bucket ais://b"},
             "to":{"version":12,"term":3,"time":1795381289000,"who":"p[proxy001]","what":"primary is p[proxy001]"},
             "changes":[{"path":"smap.proxy_si.daemon_id","before":"proxy002","after":"proxy001"},
              {"path":"voters.target01","after":{"id":"target01","witness":true}},
              {"path":"bmd.buckets[\"@ais/@#/old\"]","before":{}}]}
            """;
        cluster.Answers["PUT /v1/cluster/proxy/proxy002"] = "";
        cluster.Answers["POST /v1/cluster/join-by-admin"] = """{"daemon_id":"target01","rebalance_id":""}""";
        var forced = new ForcedPrimaryReply
        {
            Node = "proxy002",
            Adopts = "1.3.12",
            LastChange = "create bucket ais://b",
            Nodes =
            [
                new SurveyedNode { Id = "proxy001", IsVoter = true },
                new SurveyedNode { Id = "proxy002", IsVoter = true, IsReachable = true, Holds = "1.3.12" },
                new SurveyedNode { Id = "target01", IsReachable = true, Holds = "1.3.11" },
            ],
            Losses = ["changes after version 12 that only the voter proxy001 holds"],
        };
        cluster.Answers["PUT /v1/reverse/daemon/proxy/proxy002?frc=true"] = JsonSerializer.Serialize(
            forced, WireJsonContext.Output.ForcedPrimaryReply);
        cluster.Answers["PUT /v1/reverse/daemon/proxy/proxy002?frc=true&accept_loss=true"] = JsonSerializer.Serialize(
            forced with { IsDone = true, Stamp = "2.4.13" }, WireJsonContext.Output.ForcedPrimaryReply);
        return cluster;
    }

    private static IEnumerable<(string Id, string Type)> Ids() =>
    [
        ("proxy001", NodeRoles.Proxy), ("proxy002", NodeRoles.Proxy), ("target01", NodeRoles.Target),
        ("target02", NodeRoles.Target),
    ];

    private static ControlStatus Control() => new()
    {
        Node = "proxy001",
        Uuid = "FakeUuid1",
        IsFromPrimary = true,
        Primary = "proxy001",
        Generation = 1,
        Term = 3,
        Version = 12,
        Stamp = "1.3.12",
        Hash = "abc",
        QuorumAge = 120,
        Voters =
        [
            new ControlVoter { Id = "proxy001", Holds = "1.3.12" },
            new ControlVoter { Id = "proxy002", Holds = "1.3.10", Lag = 2, LastHeard = 840 },
            new ControlVoter { Id = "target01", IsWitness = true, IsStale = true, Lag = -1, LastHeard = -1 },
        ],
        Nodes =
        [
            new ControlNode { Id = "proxy001", Role = "proxy", State = "online", Holds = "1.3.12" },
            new ControlNode { Id = "proxy002", Role = "proxy", State = "online", Holds = "1.3.10", Lag = 2, LastHeard = 840 },
            new ControlNode { Id = "target01", Role = "target", State = "down", Lag = -1, LastHeard = -1 },
            new ControlNode
            {
                Id = "target02",
                Role = "target",
                State = "maintenance (pending)",
                Holds = "1.3.12",
                LastHeard = 1234,
                Lease = 3700,
            },
        ],
        Alerts =
        [
            "t[target01] is down: its names are served by other targets; to take it out for good decommission it",
            "second",
        ],
    };

    private static TimelineReply Timeline() => new()
    {
        Node = "proxy002",
        Uuid = "FakeUuid1",
        Entries =
        [
            TimelineItem.Gap(1, 7),
            Item(8, 1, "p[proxy001]", "add t[target01]", "join"),
            TimelineItem.Gap(9, 9),
            Item(
                10, 2, "proxy002", "voters are proxy001, proxy002, target01 (witness), and some more that are long",
                "voter policy"),
            Item(11, 2, "127.0.0.1:51234", "create bucket ais://b", ""),
        ],
    };

    private static TimelineItem Item(long version, long term, string who, string what, string why) => new()
    {
        Version = version,
        Term = term,
        Stamp = $"1.{term}.{version}",
        Generation = 1,
        Hash = "h",
        Time = 1_795_381_200_000 + (version * 1000),
        Who = who,
        What = what,
        Why = why,
    };
}
