using System.Buffers;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Storage.Mountpaths;
using Skein.Target;
using Skein.Target.Mountpaths;

namespace Skein.Node.Telemetry;

/// <summary>What this node knows of itself.</summary>
internal sealed class NodeFacts : INodeFacts
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly NodeConfig _local;
    private readonly IMetadataSource _metadata;
    private readonly MountpathSet? _mountpaths;
    private readonly DiskStatistics? _disks;
    private readonly Func<bool> _isMember;
    private readonly TimeProvider _time;
    private readonly ProcessReader _process;
    private readonly long _started;
    private long _memberSince;

    /// <summary>Makes the facts.</summary>
    /// <param name="self">The node.</param>
    /// <param name="local">Its configuration.</param>
    /// <param name="metadata">Its knowledge of the cluster.</param>
    /// <param name="mountpaths">Its disks; null on a proxy.</param>
    /// <param name="isMember">True once the node has come into the cluster.</param>
    /// <param name="time">Clock.</param>
    public NodeFacts(
        NodeInfo self,
        NodeConfig local,
        IMetadataSource metadata,
        MountpathSet? mountpaths,
        Func<bool> isMember,
        TimeProvider time)
    {
        Self = self;
        _local = local;
        _metadata = metadata;
        _mountpaths = mountpaths;
        _disks = mountpaths is null ? null : new DiskStatistics(mountpaths, time);
        _isMember = isMember;
        _time = time;
        _process = new ProcessReader(time);
        _started = time.GetTimestamp();
    }

    /// <summary>Folders from which files may be promoted.</summary>
    public IReadOnlyList<string> PromoteRoots => _local.PromoteRoots;

    /// <summary>Version of this build.</summary>
    public static string Version { get; } =
        typeof(NodeFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0";

    /// <summary>What is wrong with the space of the disks, empty for nothing; null on a proxy.</summary>
    public Func<string>? SpaceProblem { get; set; }

    /// <summary>State flags that come from the disks; null on a proxy.</summary>
    public Func<ulong>? DiskFlags { get; set; }

    /// <inheritdoc/>
    public NodeInfo Self { get; }

    /// <inheritdoc/>
    public bool IsReady => _isMember() && _metadata.Current.Document.Exists;

    /// <inheritdoc/>
    public TimeSpan Uptime => _time.GetElapsedTime(_started);

    /// <inheritdoc/>
    public TimeSpan ClusterUptime
    {
        get
        {
            var since = Interlocked.Read(ref _memberSince);
            return since == 0 ? TimeSpan.Zero : _time.GetElapsedTime(since);
        }
    }

    /// <summary>The node has come into its cluster: its cluster's time begins to count.</summary>
    public void JoinedCluster() => Interlocked.CompareExchange(ref _memberSince, _time.GetTimestamp(), 0);

    /// <inheritdoc/>
    public ulong StateFlags
    {
        get
        {
            var document = _metadata.Current.Document;
            var started = IsReady ? NodeStateInfo.ClusterStarted | NodeStateInfo.NodeStarted
                : document.Exists ? NodeStateInfo.ClusterStarted
                : 0;
            var isOut = document.Map.Find(Self.Id) is { } node
                && (node.Flags & (NodeFlags.Maintenance | NodeFlags.Decommission)) != 0;
            return started | (DiskFlags?.Invoke() ?? 0) | (isOut ? NodeStateInfo.Maintenance : 0);
        }
    }

    /// <inheritdoc/>
    public BuildFacts Build { get; } = new(Version, "", "linux", "");

    /// <inheritdoc/>
    public SystemInfo ReadSystem() => _process.Read();

    /// <inheritdoc/>
    public TargetCapacity ReadCapacity()
    {
        var capacity = _mountpaths is null ? new TargetCapacity() : CapacityReport.Read(_mountpaths);
        return capacity.Problem.Length != 0 || SpaceProblem is null ? capacity : capacity with { Problem = SpaceProblem() };
    }

    /// <inheritdoc/>
    public MountpathLists? ReadMountpaths() => _mountpaths is null ? null : CapacityReport.Lists(_mountpaths);

    /// <inheritdoc/>
    public SortedDictionary<string, DiskRates>? ReadDisks() => _disks?.Read();

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadConfig() => Write(json =>
    {
        _metadata.Current.Document.Config.WriteMembers(json, masked: true);
        _local.WriteMembers(json);
    });

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ReadClusterConfig() =>
        Write(json => _metadata.Current.Document.Config.WriteMembers(json, masked: true));

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
