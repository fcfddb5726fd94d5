using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>Arguments of the actions that take nodes out of service and bring them back (AIStore's ActValRmNode).</summary>
public sealed record RemoveNodeMessage
{
    /// <summary>Id of the node, bare or as <c>t[id]</c>; empty when there are several.</summary>
    [JsonPropertyName("sid"), JsonPropertyOrder(1)]
    public string? NodeId { get; init; } = "";

    /// <summary>Ids of several nodes; null or empty when there is one.</summary>
    [JsonPropertyName("sids"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? NodeIds { get; init; }

    /// <summary>True to leave the data where it is.</summary>
    [JsonPropertyName("skip_rebalance"), JsonPropertyOrder(3)]
    public bool SkipRebalance { get; init; }

    /// <summary>Decommission: true to remove the objects on the disks of the node.</summary>
    [JsonPropertyName("rm_user_data"), JsonPropertyOrder(4)]
    public bool RemoveUserData { get; init; }

    /// <summary>Decommission: true to keep the configuration files, which Skein does in any case.</summary>
    [JsonPropertyName("keep_initial_config"), JsonPropertyOrder(5)]
    public bool KeepInitialConfig { get; init; }

    /// <summary>Decommission: true to keep the process, without a cluster.</summary>
    [JsonPropertyName("no_shutdown"), JsonPropertyOrder(6)]
    public bool NoShutdown { get; init; }

    /// <summary>Skein: true to change nothing and be told what would happen.</summary>
    [JsonPropertyName("dry_run"), JsonPropertyOrder(7)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }
}
