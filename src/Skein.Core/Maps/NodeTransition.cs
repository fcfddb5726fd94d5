using Skein.Core.Wire;

namespace Skein.Core.Maps;

/// <summary>How a node leaves service.</summary>
public enum LifecycleAction
{
    /// <summary>Stays in the map and owns no data until an administrator brings it back.</summary>
    Maintenance,

    /// <summary>As maintenance; the process ends when its data is elsewhere.</summary>
    Shutdown,

    /// <summary>Leaves the cluster for good when its data is elsewhere.</summary>
    Decommission,
}

/// <summary>The names of the ways on the wire.</summary>
public static class LifecycleActions
{
    /// <summary>The action by which it is asked for.</summary>
    public static string ToWire(this LifecycleAction action) => action switch
    {
        LifecycleAction.Maintenance => Actions.StartMaintenance,
        LifecycleAction.Shutdown => Actions.ShutdownNode,
        _ => Actions.DecommissionNode,
    };
}

/// <summary>
/// A node on its way out of service. It is written down with the flags of the node, so that a new primary goes on with it,
/// and taken away when the way is over.
/// </summary>
/// <param name="Action">Where it goes.</param>
/// <param name="SkipRebalance">True to leave its data where it is, which gives it up when the node leaves for good.</param>
/// <param name="RemoveUserData">Decommission: the node removes the objects on its disks.</param>
/// <param name="KeepInitialConfig">Decommission: the node keeps its configuration file.</param>
/// <param name="NoShutdown">Decommission: the process goes on, without a cluster.</param>
/// <param name="Who">On whose request.</param>
public sealed record NodeTransition(
    LifecycleAction Action,
    bool SkipRebalance,
    bool RemoveUserData,
    bool KeepInitialConfig,
    bool NoShutdown,
    string Who);
