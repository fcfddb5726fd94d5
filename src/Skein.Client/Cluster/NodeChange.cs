using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skein.Client.Cluster;

/// <summary>A change of nodes that are in the cluster (AIStore's ActValRmNode).</summary>
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
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("action", Action);
            json.WriteStartObject("value");
            if (NodeIds.Count == 1)
            {
                json.WriteString("sid", NodeIds[0]);
            }
            else if (NodeIds.Count > 1)
            {
                json.WriteStartArray("sids");
                foreach (var id in NodeIds)
                {
                    json.WriteStringValue(id);
                }
                json.WriteEndArray();
            }
            json.WriteBoolean("skip_rebalance", SkipRebalance);
            json.WriteBoolean("rm_user_data", RemoveUserData);
            json.WriteBoolean("keep_initial_config", KeepInitialConfig);
            json.WriteBoolean("no_shutdown", NoShutdown);
            if (dryRun)
            {
                json.WriteBoolean("dry_run", true);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return body.ToArray();
    }
}

/// <summary>What a <see cref="NodeChange"/> would do.</summary>
public sealed record NodeChangePlan
{
    /// <summary>Ids of the nodes.</summary>
    [JsonPropertyName("nodes"), JsonPropertyOrder(1)]
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>What has to move to other targets.</summary>
    [JsonPropertyName("moves"), JsonPropertyOrder(2)]
    public ObjectAmount Moves { get; init; } = new();

    /// <summary>What nobody else has and is given up.</summary>
    [JsonPropertyName("lost"), JsonPropertyOrder(3)]
    public ObjectAmount Lost { get; init; } = new();

    /// <summary>What else is to be known, in sentences.</summary>
    [JsonPropertyName("notes"), JsonPropertyOrder(4)]
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>An amount of objects.</summary>
public sealed record ObjectAmount
{
    /// <summary>Number.</summary>
    [JsonPropertyName("objects"), JsonPropertyOrder(1)]
    public long Objects { get; init; }

    /// <summary>Bytes.</summary>
    [JsonPropertyName("bytes"), JsonPropertyOrder(2)]
    public long Bytes { get; init; }
}

/// <summary>Answer to <c>GET /v1/cluster?what=mountpaths</c>, as far as it is read here.</summary>
internal sealed record MountpathsReply
{
    [JsonPropertyName("targets")]
    public Dictionary<string, MountpathsOfTarget> Targets { get; init; } = [];
}

/// <summary>The mountpaths of one target.</summary>
internal sealed record MountpathsOfTarget
{
    [JsonPropertyName("available")]
    public IReadOnlyList<string>? Available { get; init; }
}

/// <summary>JSON of the types that only the client reads.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, MaxDepth = 32)]
[JsonSerializable(typeof(NodeChangePlan))]
[JsonSerializable(typeof(MountpathsReply))]
internal sealed partial class ClientJsonContext : JsonSerializerContext;
