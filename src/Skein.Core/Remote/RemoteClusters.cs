using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;

namespace Skein.Core.Remote;

/// <summary>
/// The attached clusters, read from the cluster configuration: their URLs are in <c>backend.ais</c>, as AIStore has them,
/// and the ids that they had when they were attached in <c>skein.remote_clusters</c>. So an alias means the same cluster
/// on every node, also while that cluster is out of reach.
/// </summary>
public sealed class RemoteClusters
{
    /// <summary>Clusters that can be attached at a time.</summary>
    public const int MaxClusters = 64;

    private static readonly SearchValues<char> AliasCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly ConditionalWeakTable<ClusterConfig, RemoteClusters> Known = [];

    private RemoteClusters(ImmutableArray<RemoteCluster> all) => All = all;

    /// <summary>The clusters in order of their aliases.</summary>
    public ImmutableArray<RemoteCluster> All { get; }

    /// <summary>The attached clusters of a configuration; read once.</summary>
    public static RemoteClusters Of(ClusterConfig config) => Known.GetValue(config, Read);

    /// <summary>The cluster with that alias or id; null when none is attached.</summary>
    public RemoteCluster? Find(string aliasOrUuid)
    {
        RemoteCluster? byAlias = null;
        foreach (var cluster in All)
        {
            if (cluster.Uuid == aliasOrUuid)
            {
                return cluster;
            }
            byAlias = cluster.Alias == aliasOrUuid ? cluster : byAlias;
        }
        return byAlias;
    }

    /// <summary>The cluster with that alias or id.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotFound"/> when none is attached under it, with
    /// <see cref="StoreErrorCode.NotReady"/> when its id is not known yet.
    /// </exception>
    public RemoteCluster Require(string aliasOrUuid)
    {
        var cluster = Find(aliasOrUuid) ?? throw new StoreException(
            StoreErrorCode.NotFound,
            All.IsEmpty
                ? $"remote cluster \"{aliasOrUuid}\" does not exist: no remote ais clusters attached"
                : $"remote cluster \"{aliasOrUuid}\" does not exist");
        return cluster.Uuid.Length != 0
            ? cluster
            : throw new StoreException(
                StoreErrorCode.NotReady, $"remote cluster \"{aliasOrUuid}\" was never reached: attach it again");
    }

    /// <summary>The bucket under the one name that it has here: with the cluster's id in place of an alias.</summary>
    public BucketName Resolve(BucketName bucket) =>
        bucket.Provider == Providers.Ais && bucket.Namespace.IsRemote
        && Find(bucket.Namespace.Uuid) is { Uuid.Length: > 0 } cluster && cluster.Uuid != bucket.Namespace.Uuid
            ? bucket with { Namespace = bucket.Namespace with { Uuid = cluster.Uuid } }
            : bucket;

    /// <summary>Checks an alias.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidRequest"/>.</exception>
    public static void ValidateAlias(string alias)
    {
        if (alias.Length < RemoteCluster.MinAliasLength)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"alias \"{alias}\" is too short: must have at least 2 letters");
        }
        if (alias is "what" || alias.Length > BucketNamespace.MaxPartLength
            || alias.AsSpan().ContainsAnyExcept(AliasCharacters))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"alias \"{(alias.Length > 64 ? alias[..64] : alias)}\" is invalid: use only letters, numbers, dashes (-), and "
                    + "underscores (_)");
        }
    }

    /// <summary>
    /// The configuration with one more cluster. One that is attached already may get another alias or URL; an alias stands
    /// for one cluster only.
    /// </summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidRequest"/> when the names clash.</exception>
    public static ClusterConfig Attach(ClusterConfig config, RemoteCluster added)
    {
        ValidateAlias(added.Alias);
        var others = new List<RemoteCluster>();
        foreach (var cluster in Of(config).All)
        {
            if (cluster.Uuid != added.Uuid && cluster.Alias == added.Alias && cluster.Uuid.Length != 0)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"remote cluster [alias {added.Alias} => {added.Urls[0]}] is already attached: the alias stands for "
                        + $"{cluster.Shown}, detach that one first");
            }
            if (cluster.Uuid != added.Uuid && cluster.Uuid == added.Alias)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"alias \"{added.Alias}\" cannot be equal UUID of an already attached cluster "
                        + $"[{cluster.Alias} => {cluster.Uuid}]");
            }
            if (cluster.Uuid != added.Uuid && cluster.Alias != added.Alias)
            {
                others.Add(cluster);
            }
        }
        return others.Count < MaxClusters
            ? Write(config, [.. others, added])
            : throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{MaxClusters} remote clusters are attached already, no more are allowed");
    }

    /// <summary>The configuration without one cluster.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotFound"/> when it is not attached.</exception>
    public static ClusterConfig Detach(ClusterConfig config, string alias)
    {
        var all = Of(config);
        var gone = all.Find(alias) ?? throw new StoreException(
            StoreErrorCode.NotFound, $"failed to detach remote cluster \"{alias}\": not found");
        return Write(config, [.. all.All.Where(cluster => cluster != gone)]);
    }

    private static ClusterConfig Write(ClusterConfig config, IReadOnlyList<RemoteCluster> clusters)
    {
        var backend = config.Backend.ToNode() as JsonObject ?? [];
        backend.Remove(Providers.Ais);
        var ids = new JsonObject();
        if (clusters.Count != 0)
        {
            var urls = new JsonObject();
            foreach (var cluster in clusters.OrderBy(cluster => cluster.Alias, StringComparer.Ordinal))
            {
                urls[cluster.Alias] = new JsonArray([.. cluster.Urls.Select(url => (JsonNode)JsonValue.Create(url)!)]);
                ids[cluster.Alias] = cluster.Uuid;
            }
            backend[Providers.Ais] = urls;
        }
        return config with
        {
            Backend = Raw(backend),
            Skein = config.Skein with { RemoteClusters = Raw(ids) },
        };
    }

    private static RawJson Raw(JsonObject node) =>
        RawJson.TryParse(node.ToJsonString(), out var raw) ? raw : RawJson.EmptyObject;

    private static RemoteClusters Read(ClusterConfig config)
    {
        using var backend = JsonDocument.Parse(config.Backend.Text);
        using var ids = JsonDocument.Parse(config.Skein.RemoteClusters.Text);
        if (!backend.RootElement.TryGetProperty(Providers.Ais, out var clusters)
            || clusters.ValueKind != JsonValueKind.Object)
        {
            return new RemoteClusters([]);
        }
        var all = ImmutableArray.CreateBuilder<RemoteCluster>();
        foreach (var cluster in clusters.EnumerateObject())
        {
            var urls = cluster.Value.ValueKind == JsonValueKind.Array
                ? cluster.Value.EnumerateArray().Where(url => url.ValueKind == JsonValueKind.String)
                    .Select(url => url.GetString()!).ToImmutableArray()
                : [];
            var id = ids.RootElement.TryGetProperty(cluster.Name, out var known) && known.ValueKind == JsonValueKind.String
                ? known.GetString()!
                : "";
            if (!urls.IsEmpty)
            {
                all.Add(new RemoteCluster(cluster.Name, id, urls));
            }
        }
        return new RemoteClusters([.. all.OrderBy(cluster => cluster.Alias, StringComparer.Ordinal)]);
    }
}
