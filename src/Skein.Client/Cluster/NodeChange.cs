using System.Text.Json;
using Skein.Core.Wire;

namespace Skein.Client.Cluster;

/// <summary>A change of nodes that are in the cluster.</summary>
/// <param name="Action">
/// <c>start-maintenance</c>, <c>stop-maintenance</c>, <c>decommission-node</c>, <c>shutdown-node</c>, <c>rm-unsafe</c>,
/// or for the whole cluster <c>shutdown</c> and <c>decommission</c>.
/// </param>
/// <param name="NodeIds">Ids of the nodes; empty for the whole cluster.</param>
public sealed record NodeChange(string Action, IReadOnlyList<string> NodeIds)
{
    /// <summary>True to leave the data of a target where it is.</summary>
    public bool SkipRebalance { get; init; }

    /// <summary>Decommission: the node removes the objects on its disks.</summary>
    public bool RemoveUserData { get; init; }

    /// <summary>Decommission: the node keeps its configuration file.</summary>
    public bool KeepInitialConfig { get; init; }

    /// <summary>Decommission: the process goes on.</summary>
    public bool NoShutdown { get; init; }

    internal byte[] ToJson(bool dryRun)
    {
        var value = new RemoveNodeMessage
        {
            NodeId = NodeIds.Count == 1 ? NodeIds[0] : null,
            NodeIds = NodeIds.Count > 1 ? NodeIds : null,
            SkipRebalance = SkipRebalance,
            RemoveUserData = RemoveUserData,
            KeepInitialConfig = KeepInitialConfig,
            NoShutdown = NoShutdown,
            DryRun = dryRun,
        };
        var message = new ActionMessage
        {
            Action = Action,
            Value = JsonSerializer.SerializeToElement(value, WireJsonContext.Output.RemoveNodeMessage),
        };
        return JsonSerializer.SerializeToUtf8Bytes(message, WireJsonContext.Output.ActionMessage);
    }
}
