using System.Text.Json;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

public sealed class ShowClusterTests
{
    [Theory]
    [InlineData("show-cluster", null, "show", "cluster")]
    [InlineData("show-cluster-80", 80, "show", "cluster")]
    [InlineData("show-cluster-proxy", null, "show", "cluster", "proxy")]
    [InlineData("show-cluster-target", null, "show", "cluster", "target", "-H")]
    [InlineData("show-cluster-node", null, "show", "cluster", "t[target01]")]
    [InlineData("show-cluster-unknown", null, "show", "cluster", "nosuch")]
    [InlineData("show-cluster-smap", null, "show", "cluster", "smap")]
    [InlineData("show-cluster-smap-80", 80, "show", "cluster", "smap")]
    public async Task Looks_as_agreed(string golden, int? width, params string[] arguments)
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster) { Width = width };

        var result = await cli.RunAsync(arguments);

        Golden.Check("Cli/Golden/" + golden, result.ToString(), typeof(ShowClusterTests).Assembly);
        Assert.All(result.Output.Split('\n'), line => Assert.True(width is null || line.Length <= width, line));
    }

    [Theory]
    [InlineData("show-cluster-alerts", null)]
    [InlineData("show-cluster-alerts-80", 80)]
    public async Task Alerts_have_a_column(string golden, int? width)
    {
        await using var cluster = await ClusterAsync();
        const ulong started = NodeStateInfo.ClusterStarted | NodeStateInfo.NodeStarted;
        const ulong disks = NodeStateInfo.Resilvering | NodeStateInfo.LowCapacity;
        cluster.Statuses["proxy002"] = Status(2, null) with { Cluster = new() { Flags = NodeStateInfo.ClusterStarted } };
        cluster.Statuses["target01"] = Status(3, Capacity()) with { Cluster = new() { Flags = started | disks } };
        using var cli = new CliRunner(cluster) { Width = width };

        var result = await cli.RunAsync("show", "cluster");

        Golden.Check("Cli/Golden/" + golden, result.ToString(), typeof(ShowClusterTests).Assembly);
        Assert.All(result.Output.Split('\n'), line => Assert.True(width is null || line.Length <= width, line));
    }

    [Fact]
    public async Task Json_is_one_document()
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster);

        var all = JsonDocument.Parse((await cli.RunAsync("show", "cluster", "--json")).Output).RootElement;
        var one = JsonDocument.Parse((await cli.RunAsync("show", "cluster", "target01", "--json")).Output).RootElement;
        var map = JsonDocument.Parse((await cli.RunAsync("show", "cluster", "smap", "--json")).Output).RootElement;

        Assert.Equal(4, all.GetProperty("nodes").EnumerateObject().Count());
        Assert.Equal("target03", all.GetProperty("offline").EnumerateObject().Single().Name);
        Assert.Equal("target01", one.GetProperty("nodes").EnumerateObject().Single().Name);
        Assert.Equal("7", map.GetProperty("version").GetString());
        Assert.Equal("FakeUuid1", map.GetProperty("uuid").GetString());
    }

    // Three targets: one well, one in maintenance, one that does not answer.
    private static async Task<FakeCluster> ClusterAsync()
    {
        var cluster = await FakeCluster.StartAsync(proxies: 2, targets: 1);
        var map = new WireClusterMap { Uuid = "FakeUuid1", Version = 7, CreationTime = "2026-01-02 03:04:05" };
        for (var i = 1; i <= 2; i++)
        {
            map.Proxies[$"proxy00{i}"] = Node($"proxy00{i}", NodeRoles.Proxy, 8000 + i, i == 2 ? NodeFlags.NonElectable : 0);
            cluster.Statuses[$"proxy00{i}"] = Status(i, null);
        }
        for (var i = 1; i <= 3; i++)
        {
            map.Targets[$"target0{i}"] =
                Node($"target0{i}", NodeRoles.Target, 8010 + i, i == 2 ? NodeFlags.Maintenance : 0);
        }
        cluster.Statuses["target01"] = Status(3, Capacity());
        cluster.Statuses["target02"] = new NodeStatus { Status = "maintenance" };
        cluster.Map = map with { Primary = map.Proxies["proxy001"] };
        return cluster;
    }

    private static NodeInfo Node(string id, string type, int port, NodeFlags flags) => new()
    {
        Id = id,
        Type = type,
        PublicNet = NodeAddress.Create("http", "10.0.0.7", port),
        ControlNet = NodeAddress.Create("http", "10.0.0.7", port + 1000),
        DataNet = NodeAddress.Create("http", "10.0.0.7", port + 2000),
        FlagBits = (ulong)flags,
    };

    private static NodeStatus Status(int number, TargetCapacity? capacity) => new()
    {
        Cluster = new() { Flags = NodeStateInfo.ClusterStarted | NodeStateInfo.NodeStarted },
        Tracker = new() { ["up.ns.time"] = 100_000_000_000L * number },
        Capacity = capacity ?? new(),
        Deployment = "dev",
        ProductVersion = "0.1.0",
        BuildTime = "2026-11-22T19:51:42",
        System = new()
        {
            PercentMemoryUsed = 0.1234 * number,
            MemoryAvailable = 23_537_421_000,
            Load = new() { One = 5.61, Five = 4.82, Fifteen = 3.2 },
        },
    };

    private static TargetCapacity Capacity() => new()
    {
        Mountpaths = new()
        {
            ["/mp1"] = Mountpath(),
            ["/mp2"] = Mountpath(),
        },
        PercentAverage = 71,
        TotalUsed = 193_468_121_088,
        TotalAvailable = 77_085_052_928,
    };

    private static MountpathCapacity Mountpath() => new()
    {
        Used = 193_468_121_088,
        Available = 77_085_052_928,
        PercentUsed = 71,
        Disks = ["vda"],
        FileSystem = new() { Device = "/dev/vda", Type = "ext4", Id = "1,2" },
    };
}
