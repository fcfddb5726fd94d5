using System.Text.Json.Serialization;

namespace Skein.Cli.Playground;

/// <summary>What <c>cluster.json</c> holds: the nodes of a playground and how to reach it.</summary>
internal sealed record PlaygroundState
{
    /// <summary>Cluster id; empty until the cluster was seen to have formed.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(1)]
    public string Uuid { get; init; } = "";

    /// <summary>Public URL of the first proxy that runs; of the first proxy when none does.</summary>
    [JsonPropertyName("endpoint"), JsonPropertyOrder(2)]
    public string Endpoint { get; init; } = "";

    /// <summary>Proxies first, then targets, each in the order in which they were added.</summary>
    [JsonPropertyName("nodes"), JsonPropertyOrder(3)]
    public IReadOnlyList<PlaygroundNode> Nodes { get; init; } = [];

    /// <summary>The node with that id, or null.</summary>
    public PlaygroundNode? Find(string id) => Nodes.FirstOrDefault(node => node.Id == id);

    /// <summary>A copy with the node replaced and the endpoint chosen anew.</summary>
    public PlaygroundState With(PlaygroundNode changed) =>
        WithNodes(Nodes.Select(node => node.Id == changed.Id ? changed : node));

    /// <summary>A copy with other nodes and the endpoint chosen anew.</summary>
    public PlaygroundState WithNodes(IEnumerable<PlaygroundNode> nodes)
    {
        PlaygroundNode[] all = [.. nodes.OrderBy(node => node.IsProxy ? 0 : 1)];
        var proxies = all.Where(node => node.IsProxy).ToList();
        var first = proxies.FirstOrDefault(node => node.Pid != 0) ?? proxies.FirstOrDefault();
        return this with { Nodes = all, Endpoint = first?.PublicUrl ?? "" };
    }
}

/// <summary>One node of a playground.</summary>
internal sealed record PlaygroundNode
{
    /// <summary>Node id, for example <c>proxy001</c> or <c>target01</c>.</summary>
    [JsonPropertyName("id"), JsonPropertyOrder(1)]
    public required string Id { get; init; }

    /// <summary><c>proxy</c> or <c>target</c>.</summary>
    [JsonPropertyName("role"), JsonPropertyOrder(2)]
    public required string Role { get; init; }

    /// <summary>Process id; 0 when the node does not run.</summary>
    [JsonPropertyName("pid"), JsonPropertyOrder(3)]
    public int Pid { get; init; }

    /// <summary>URL for clients.</summary>
    [JsonPropertyName("public_url"), JsonPropertyOrder(4)]
    public required string PublicUrl { get; init; }

    /// <summary>URL for control traffic between nodes.</summary>
    [JsonPropertyName("control_url"), JsonPropertyOrder(5)]
    public required string ControlUrl { get; init; }

    /// <summary>URL for data between nodes.</summary>
    [JsonPropertyName("data_url"), JsonPropertyOrder(6)]
    public required string DataUrl { get; init; }

    /// <summary>The node's folder, absolute.</summary>
    [JsonPropertyName("dir"), JsonPropertyOrder(7)]
    public required string Directory { get; init; }

    /// <summary>Mountpaths, absolute; empty for a proxy.</summary>
    [JsonPropertyName("mountpaths"), JsonPropertyOrder(8)]
    public IReadOnlyList<string> Mountpaths { get; init; } = [];

    /// <summary>File that receives the standard output and error of the process.</summary>
    [JsonPropertyName("log"), JsonPropertyOrder(9)]
    public required string Log { get; init; }

    /// <summary>The command line that starts the node again.</summary>
    [JsonPropertyName("command"), JsonPropertyOrder(10)]
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>True for a proxy.</summary>
    [JsonIgnore]
    public bool IsProxy => Role == Core.Nodes.NodeRoles.Proxy;

    /// <summary>The folder that holds the two configuration files and the node's metadata.</summary>
    [JsonIgnore]
    public string ConfigDirectory => Path.Combine(Directory, "conf");

    /// <summary>The cluster configuration file.</summary>
    [JsonIgnore]
    public string ClusterConfigPath => Path.Combine(ConfigDirectory, "ais.json");

    /// <summary>The local configuration file.</summary>
    [JsonIgnore]
    public string LocalConfigPath => Path.Combine(ConfigDirectory, "ais_local.json");

    /// <summary>The argument by which the process of this node is told from every other process.</summary>
    [JsonIgnore]
    public string IdentityArgument => "-local_config=" + LocalConfigPath;
}

/// <summary>The JSON of <c>cluster.json</c> and of <c>playground status --json</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(PlaygroundState))]
[JsonSerializable(typeof(PlaygroundReport))]
internal sealed partial class PlaygroundJsonContext : JsonSerializerContext;
