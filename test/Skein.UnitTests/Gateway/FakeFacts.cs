using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Ports;

namespace Skein.UnitTests.Gateway;

/// <summary>Facts of a node in a test.</summary>
internal sealed class FakeFacts(NodeInfo self) : INodeFacts
{
    public NodeInfo Self { get; set; } = self;

    public bool IsReady { get; set; } = true;

    public TimeSpan Uptime => TimeSpan.FromSeconds(20);

    public TimeSpan ClusterUptime => TimeSpan.FromSeconds(10);

    public ulong StateFlags => NodeStateInfo.ClusterStarted | NodeStateInfo.NodeStarted;

    public BuildFacts Build { get; } = new("0.1.0", "", "test", "");

    public Func<MountpathLists>? Mountpaths { get; set; }

    public Func<TargetCapacity>? Capacity { get; set; }

    public SystemInfo ReadSystem() => new() { MemoryUsed = 1 };

    public TargetCapacity ReadCapacity() => Capacity?.Invoke() ?? new TargetCapacity();

    public MountpathLists? ReadMountpaths() => Mountpaths?.Invoke();

    public SortedDictionary<string, DiskRates>? ReadDisks() => Mountpaths is null ? null : new()
    {
        ["vda"] = new DiskRates
        {
            ReadPerSecond = 233472,
            AverageRead = 17083,
            WrittenPerSecond = 6120789,
            AverageWrite = 53276,
            Utilization = 3,
        },
    };

    public ReadOnlyMemory<byte> ReadConfig() => "{\"confdir\":\"/x\"}"u8.ToArray();

    public ReadOnlyMemory<byte> ReadClusterConfig() => "{\"uuid\":\"u\"}"u8.ToArray();

    public static NodeInfo Node(string id, NodeRole role, int port) => new()
    {
        Id = id,
        Type = role.ToWire(),
        PublicNet = NodeAddress.Create("http", "127.0.0.1", port),
        ControlNet = NodeAddress.Create("http", "127.0.0.1", port),
        DataNet = NodeAddress.Create("http", "127.0.0.1", port),
    };
}
