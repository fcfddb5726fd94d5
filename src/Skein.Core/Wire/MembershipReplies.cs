using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>Answer to <c>POST /v1/cluster/join-by-admin</c>.</summary>
public sealed record JoinedNodeReply
{
    /// <summary>Id of the node that was brought in.</summary>
    [JsonPropertyName("daemon_id"), JsonPropertyOrder(1)]
    public string NodeId { get; init; } = "";

    /// <summary>Rebalance that this has started; empty for none.</summary>
    [JsonPropertyName("rebalance_id"), JsonPropertyOrder(2)]
    public string RebalanceId { get; init; } = "";
}

/// <summary>Answer to <c>PUT /v1/daemon/proxy/PID?frc=true</c>: what a forced recovery finds, and what it has done.</summary>
public sealed record ForcedPrimaryReply
{
    /// <summary>The proxy that is to lead.</summary>
    [JsonPropertyName("node"), JsonPropertyOrder(1)]
    public string Node { get; init; } = "";

    /// <summary>True when it was done; false for a dry run.</summary>
    [JsonPropertyName("done"), JsonPropertyOrder(2)]
    public bool IsDone { get; init; }

    /// <summary>Stamp of the document that is adopted: the newest that anybody reachable holds.</summary>
    [JsonPropertyName("adopts"), JsonPropertyOrder(3)]
    public string Adopts { get; init; } = "";

    /// <summary>The last change in it, in words.</summary>
    [JsonPropertyName("last_change"), JsonPropertyOrder(4)]
    public string LastChange { get; init; } = "";

    /// <summary>Stamp after the recovery; empty for a dry run.</summary>
    [JsonPropertyName("stamp"), JsonPropertyOrder(5)]
    public string Stamp { get; init; } = "";

    /// <summary>Every node that the proxy knows, and what it holds.</summary>
    [JsonPropertyName("nodes"), JsonPropertyOrder(6)]
    public IReadOnlyList<SurveyedNode> Nodes { get; init; } = [];

    /// <summary>What is lost, or may be, in sentences.</summary>
    [JsonPropertyName("losses"), JsonPropertyOrder(7)]
    public IReadOnlyList<string> Losses { get; init; } = [];
}

/// <summary>What one node holds.</summary>
public sealed record SurveyedNode
{
    /// <summary>Node id.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public string Id { get; init; } = "";

    /// <summary>True when it votes.</summary>
    [JsonPropertyName("voter"), JsonPropertyOrder(2)]
    public bool IsVoter { get; init; }

    /// <summary>True when it answered.</summary>
    [JsonPropertyName("reachable"), JsonPropertyOrder(3)]
    public bool IsReachable { get; init; }

    /// <summary>Stamp of the newest document that it has accepted; empty when not known.</summary>
    [JsonPropertyName("holds"), JsonPropertyOrder(4)]
    public string Holds { get; init; } = "";
}
