using System.Text.Json.Serialization;

namespace Skein.Cli.Playground;

/// <summary>The state of a playground with what was found when looking at the processes and the cluster.</summary>
internal sealed record PlaygroundReport
{
    /// <summary>Absolute folder of the playground.</summary>
    [JsonPropertyName("dir"), JsonPropertyOrder(1)]
    public required string Directory { get; init; }

    /// <summary>Cluster id; empty when the cluster has not formed.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(2)]
    public required string Uuid { get; init; }

    /// <summary>Public URL of a running proxy.</summary>
    [JsonPropertyName("endpoint"), JsonPropertyOrder(3)]
    public required string Endpoint { get; init; }

    /// <summary>Id of the primary as the endpoint names it; empty when unknown.</summary>
    [JsonPropertyName("primary"), JsonPropertyOrder(4)]
    public required string Primary { get; init; }

    /// <summary>The nodes.</summary>
    [JsonPropertyName("nodes"), JsonPropertyOrder(5)]
    public required IReadOnlyList<PlaygroundNodeReport> Nodes { get; init; }
}

/// <summary>What was found of one node.</summary>
internal sealed record PlaygroundNodeReport
{
    /// <summary>Node id.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public required string Id { get; init; }

    /// <summary><c>proxy</c> or <c>target</c>.</summary>
    [JsonPropertyName("role"), JsonPropertyOrder(2)]
    public required string Role { get; init; }

    /// <summary>Process id; 0 when the node does not run.</summary>
    [JsonPropertyName("pid"), JsonPropertyOrder(3)]
    public required int Pid { get; init; }

    /// <summary><c>online</c>, <c>starting</c> (runs, but not healthy), <c>stopped</c> (SIGSTOP) or <c>down</c>.</summary>
    [JsonPropertyName("status"), JsonPropertyOrder(4)]
    public required string Status { get; init; }

    /// <summary>Resident memory in bytes; 0 when the node does not run.</summary>
    [JsonPropertyName("memory"), JsonPropertyOrder(5)]
    public required long Memory { get; init; }

    /// <summary>URL for clients.</summary>
    [JsonPropertyName("public_url"), JsonPropertyOrder(6)]
    public required string PublicUrl { get; init; }

    /// <summary>File with the output of the process.</summary>
    [JsonPropertyName("log"), JsonPropertyOrder(7)]
    public required string Log { get; init; }
}
