namespace Skein.Core.Nodes;

/// <summary>State flags of a node in the cluster map; the low five are AIStore's (its wire values).</summary>
[Flags]
public enum NodeFlags : ulong
{
    /// <summary>Online and nothing special.</summary>
    None = 0,

    /// <summary>The proxy never becomes primary.</summary>
    NonElectable = 1,

    /// <summary>The proxy keeps track of jobs (information center).</summary>
    InformationCenter = 2,

    /// <summary>Under maintenance: owns no data, stays in the map.</summary>
    Maintenance = 4,

    /// <summary>On its way out of the cluster.</summary>
    Decommission = 8,

    /// <summary>Under maintenance, and its data has been moved away.</summary>
    MaintenanceDone = 16,

    /// <summary>Skein: declared down by the primary; owns no new data until it is heard of again.</summary>
    Down = 1UL << 32,

    /// <summary>Skein: reachable on some networks only, or flapping; owns no new data.</summary>
    Suspect = 1UL << 33,

    /// <summary>Skein: a target none of whose mountpaths is in service; owns no data until one is.</summary>
    NoMountpath = 1UL << 34,

    /// <summary>Skein's own flags of a node whose data cannot be reached now and is expected back.</summary>
    OutOfReach = Down | Suspect | NoMountpath,
}
