using System.Runtime;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Metrics;

/// <summary>What all metrics of a node are taken from: looked at once, so that the values of one answer fit together.</summary>
public sealed class MetricReading
{
    private readonly GatewayServices _services;
    private SystemInfo? _system;
    private TargetCapacity? _capacity;
    private MountpathLists? _mountpaths;
    private SortedDictionary<string, DiskRates>? _disks;
    private IReadOnlyList<JobSnap>? _jobs;

    /// <summary>Looks at a node. What costs something is looked at when it is asked for.</summary>
    public MetricReading(GatewayServices services)
    {
        _services = services;
        Document = services.Metadata.Current.Document;
        Control = services.Operations?.ReadControl();
    }

    /// <summary>What the node knows of itself.</summary>
    public INodeFacts Facts => _services.Facts;

    /// <summary>What it has counted.</summary>
    public NodeCounters Counters => _services.Counters;

    /// <summary>The control document that it works with.</summary>
    public ControlDocument Document { get; }

    /// <summary>How the control plane is; null in tests of one role.</summary>
    public ControlStatus? Control { get; }

    /// <summary>True while the node leads.</summary>
    public bool IsPrimary => _services.Control.IsPrimary;

    /// <summary>True while it hears of a primary.</summary>
    public bool HearsPrimary => _services.Control.HearsPrimary;

    /// <summary>Memory, CPU and load.</summary>
    public SystemInfo System => _system ??= Facts.ReadSystem();

    /// <summary>Capacity; empty on a proxy.</summary>
    public TargetCapacity Capacity => _capacity ??= Facts.ReadCapacity();

    /// <summary>Mountpaths; empty on a proxy.</summary>
    public MountpathLists Mountpaths => _mountpaths ??= Facts.ReadMountpaths() ?? new MountpathLists();

    /// <summary>Disks; empty on a proxy.</summary>
    public SortedDictionary<string, DiskRates> Disks => _disks ??= Facts.ReadDisks() ?? [];

    /// <summary>The jobs that a target knows; empty on a proxy.</summary>
    public IReadOnlyList<JobSnap> Jobs => _jobs ??= _services.Jobs?.Read(new JobMessage()) ?? [];

    /// <summary>Time that the whole process was stopped by garbage collections.</summary>
    public TimeSpan CollectionPause { get; } = GC.GetTotalPauseDuration();

    /// <summary>Bytes of objects on the heap after the last garbage collection.</summary>
    public long HeapBytes { get; } = GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes;
}
