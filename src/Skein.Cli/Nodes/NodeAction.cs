namespace Skein.Cli.Nodes;

/// <summary>One way to change nodes that are in the cluster, in the words of the command line.</summary>
/// <param name="Name">Name of the command.</param>
/// <param name="Action">The action on the wire.</param>
/// <param name="Description">What it does.</param>
internal sealed record NodeAction(string Name, string Action, string Description)
{
    /// <summary>What is said of a node when it has begun; <c>{0}</c> is the node.</summary>
    public required string Begun { get; init; }

    /// <summary>What is said of a node when nothing is left to wait for; <c>{0}</c> is the node.</summary>
    public required string Done { get; init; }

    /// <summary>Question before it is done; <c>{0}</c> are the nodes. Null when nothing is asked.</summary>
    public string? Question { get; init; }

    /// <summary>True for the one after which a node does not come back.</summary>
    public bool IsFinal { get; init; }

    /// <summary>True when nothing is left to wait for if no data has to move.</summary>
    public bool EndsAtOnce { get; init; }

    /// <summary>Takes a node out of service.</summary>
    public static NodeAction StartMaintenance { get; } = new(
        "start-maintenance", "start-maintenance", "Take nodes out of service for a while; their data moves to the others")
    {
        Begun = "{0} is now in maintenance mode",
        Done = "{0} holds no data that is needed: it can be switched off",
        Question = "Take {0} out of service?",
    };

    /// <summary>Brings a node back into service.</summary>
    public static NodeAction StopMaintenance { get; } = new(
        "stop-maintenance", "stop-maintenance", "Bring nodes back into service")
    {
        Begun = "{0} is now active",
        Done = "{0} has its data",
    };

    /// <summary>Takes a node out of the cluster for good.</summary>
    public static NodeAction Decommission { get; } = new(
        "decommission", "decommission-node", "Take nodes out of the cluster for good; their data moves to the others")
    {
        Begun = "{0} is being decommissioned, please wait for cluster rebalancing to finish...",
        Done = "{0} has been decommissioned",
        Question = "Decommission {0}? It leaves the cluster for good.",
        IsFinal = true,
        EndsAtOnce = true,
    };

    /// <summary>Ends the process of a node, which stays in the map.</summary>
    public static NodeAction Shutdown { get; } = new(
        "shutdown", "shutdown-node", "Shut nodes down; they stay in the cluster map, and their data moves to the others")
    {
        Begun = "{0} is being shut down",
        Done = "{0} has been shut down",
        Question = "Shut {0} down?",
        EndsAtOnce = true,
    };
}
