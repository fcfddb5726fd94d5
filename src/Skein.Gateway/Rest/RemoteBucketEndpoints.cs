using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Remote;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>What <c>/v1/buckets</c> does differently for buckets whose objects are kept elsewhere.</summary>
internal sealed class RemoteBucketEndpoints(GatewayServices services)
{
    /// <summary>Where a namespace is asked for: all remote clusters (AIStore's <c>@</c> in the place of an id).</summary>
    private const string AnyRemote = "@@#";

    /// <summary>A bucket that is not known is asked for and not made known.</summary>
    public static readonly RemoteLookup Unadded = new(Adds: false, Asks: true);

    private IRemoteBuckets Buckets => services.RemoteBuckets
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node has no remote buckets");

    /// <summary>True when the buckets to be listed are not this cluster's.</summary>
    public static bool Serves(string? provider, string asked, BucketNamespace? ns) =>
        (provider is not null && provider != Providers.Ais) || ns is { IsRemote: true } || IsAnyRemote(asked);

    /// <summary>How the bucket of a listing is looked for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="value">The value of the message; null when there is none.</param>
    public RemoteLookup? LookupFor(RequestContext request, BucketName bucket, JsonElement? value)
    {
        if (!bucket.IsRemote || services.RemoteBuckets is null)
        {
            return null;
        }
        var flags = (ListFlags)ListObjectsRules.Read(request, value).Flags;
        return (flags & ListFlags.BucketPresent) != 0
            ? null
            : new RemoteLookup(
                Adds: (flags & ListFlags.DontAddRemote) == 0, Asks: (flags & ListFlags.DontHeadRemote) == 0);
    }

    /// <summary>How a bucket that is looked at is looked for: not at all where only what is present counts.</summary>
    public static RemoteLookup? LookupFor(RequestContext request) =>
        request.Query.Number(QueryNames.Presence) is >= (long)PresenceFilter.Present
            and <= (long)PresenceFilter.PresentInCluster
            ? null
            : new RemoteLookup(
                Adds: !request.Query.Flag(QueryNames.DontAddRemote)
                    && request.Query.Number(QueryNames.Presence) is not (long)PresenceFilter.ExistsOutside,
                Asks: !request.Query.Flag(QueryNames.DontHeadRemote));

    /// <summary>
    /// Asks the home of a known bucket whether it still has it; where it does not answer, the answer says so in a header.
    /// </summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.RemoteBucketNotFound"/>.</exception>
    public async Task ConfirmAsync(RequestContext request, BucketName bucket)
    {
        if (!bucket.IsRemote || services.RemoteBuckets is null || request.Query.Flag(QueryNames.DontHeadRemote)
            || request.Query.Number(QueryNames.Presence) is >= (long)PresenceFilter.Present
                and <= (long)PresenceFilter.PresentInCluster
            || request.Call.Metadata.Document.Buckets.Find(bucket) is null)
        {
            return;
        }
        if (!await Buckets.ConfirmAsync(request.Call, bucket, request.Aborted).ConfigureAwait(false))
        {
            request.Response.Headers[HeaderNames.RemoteOffline] = "true";
        }
    }

    /// <summary>
    /// Lists the buckets of remote clusters. <c>presence</c> says which: all of them, those that are known here (2 to 4), or
    /// those that are not (5).
    /// </summary>
    public async Task ListAsync(RequestContext request, string provider, string asked, BucketNamespace? ns)
    {
        var attached = RemoteClusters.Of(request.Call.Metadata.Document.Config);
        if (provider != Providers.Ais)
        {
            throw new StoreException(
                StoreErrorCode.MissingBackend, $"\"{provider}\" backend is missing in the cluster configuration");
        }
        if (attached.All.IsEmpty && !IsAnyRemote(asked))
        {
            throw new StoreException(StoreErrorCode.InvalidBucketName, "no remote ais clusters attached");
        }
        var clusters = IsAnyRemote(asked) ? attached.All : [attached.Require(ns!.Uuid)];
        var presence = request.Query.Number(QueryNames.Presence) ?? 0;
        var known = request.Call.Metadata.Document.Buckets.Buckets.Keys;
        var found = new SortedSet<BucketName>();
        foreach (var cluster in clusters)
        {
            var space = new BucketNamespace(cluster.Uuid, ns?.Name ?? "");
            var here = known.Where(bucket => bucket.Namespace.Uuid == cluster.Uuid
                && (space.Name.Length == 0 || bucket.Namespace.Name == space.Name));
            if (presence is >= (long)PresenceFilter.Present and <= (long)PresenceFilter.PresentInCluster)
            {
                found.UnionWith(here);
                continue;
            }
            var there = await Buckets.ListAsync(request.Call, provider, space, request.Aborted).ConfigureAwait(false);
            found.UnionWith(presence == (long)PresenceFilter.ExistsOutside ? there.Except(here) : there);
        }
        // A caller that gave an alias gets it back, as AIStore has it.
        var shown = found.Select(bucket => WireBucket.From(
            ns is not { IsRemote: true } ? bucket : bucket with { Namespace = bucket.Namespace with { Uuid = ns.Uuid } }));
        await request.JsonAsync(shown.ToList(), WireJsonContext.Output.ListWireBucket).ConfigureAwait(false);
    }

    /// <summary>Creates a bucket at its home; on the primary.</summary>
    /// <returns>False for a bucket of this cluster, and for one of a cloud.</returns>
    public async Task<bool> TryCreateAsync(RequestContext request, BucketName bucket, ActionMessage message)
    {
        if (bucket is not { IsRemote: true, Provider: Providers.Ais })
        {
            return false;
        }
        await Buckets.CreateAsync(request.Call, bucket, message.Value, request.Aborted).ConfigureAwait(false);
        return true;
    }

    /// <summary>Destroys a bucket at its home and here; on the primary.</summary>
    /// <returns>False for a bucket of this cluster.</returns>
    public async Task<bool> TryDestroyAsync(RequestContext request, BucketName bucket)
    {
        if (!bucket.IsRemote)
        {
            return false;
        }
        await Buckets.DestroyAsync(request.Call, bucket, request.Aborted).ConfigureAwait(false);
        return true;
    }

    /// <summary>Refuses a bucket of this cluster, if it exists.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidRequest"/>.</exception>
    public static void RequireRemote(RequestContext request, BucketName bucket)
    {
        if (!bucket.IsRemote && request.Call.Metadata.Document.Buckets.Find(bucket) is not null)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{Actions.EvictRemoteBucket}: expecting remote bucket (have {bucket})");
        }
    }

    /// <summary>Removes what is stored here of a bucket; on the primary. A bucket that is not known is none.</summary>
    public Task EvictAsync(RequestContext request, BucketName bucket) => bucket.IsRemote
        ? Buckets.EvictAsync(
            request.Call, bucket, request.Query.Flag(QueryNames.KeepMetadata), request.Aborted)
        : Task.CompletedTask;

    private static bool IsAnyRemote(string asked) => asked is AnyRemote or "@@" or "@";
}
