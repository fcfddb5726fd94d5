using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Remote;
using Skein.Core.Wire;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Pipeline;

/// <summary>Finds the bucket that a request names.</summary>
internal sealed class BucketLookup(GatewayServices services)
{
    /// <summary>The validated name that a request gives by path and query.</summary>
    /// <exception cref="StoreException">When a part is invalid, or names a remote cluster.</exception>
    public static BucketName Name(RequestContext request, string name)
    {
        var provider = request.Provider ?? request.Query.Find(QueryNames.Provider);
        return Resolve(request, BucketName.Parse(name, provider, request.Query.Find(QueryNames.Namespace)));
    }

    /// <summary>A bucket of another cluster that is named by its alias, by the cluster's id; any other as it is.</summary>
    /// <exception cref="StoreException">When no cluster is attached.</exception>
    public static BucketName Resolve(RequestContext request, BucketName bucket)
    {
        if (!bucket.Namespace.IsRemote || bucket.Provider != Providers.Ais)
        {
            return bucket;
        }
        var document = request.Call.Metadata.Document;
        var attached = RemoteClusters.Of(document.Config);
        var resolved = attached.Resolve(bucket);
        return attached.All.IsEmpty && document.Buckets.Find(resolved) is null
            ? throw new StoreException(
                StoreErrorCode.InvalidBucketName, $"no remote ais clusters attached (bucket \"{bucket}\")")
            : resolved;
    }

    /// <summary>
    /// The bucket's properties. A bucket may have been created a moment ago through another node: before this node
    /// says that it does not exist, it asks once for newer metadata.
    /// </summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.BucketNotFound"/>.</exception>
    public Task<BucketProps> FindAsync(RequestContext request, BucketName bucket) => FindAsync(
        request, bucket,
        new RemoteLookup(
            Adds: !request.Query.Flag(QueryNames.DontAddRemote), Asks: !request.Query.Flag(QueryNames.DontHeadRemote)));

    /// <summary>As above; a proxy asks the home of a remote bucket that the cluster does not know.</summary>
    /// <param name="request">The request.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="remote">How a remote bucket is looked for; null not to.</param>
    public async Task<BucketProps> FindAsync(RequestContext request, BucketName bucket, RemoteLookup? remote)
    {
        await request.CatchUpWithCallerAsync().ConfigureAwait(false);
        var props = request.Call.Metadata.Document.Buckets.Find(bucket);
        if (props is not null)
        {
            return props;
        }
        if (!services.Control.IsPrimary)
        {
            await request.CatchUpAsync(DocumentStamp.None).ConfigureAwait(false);
            props = request.Call.Metadata.Document.Buckets.Find(bucket);
        }
        if (props is null && bucket.IsRemote && remote is { } options && services.RemoteBuckets is { } buckets)
        {
            props = await buckets.FindAsync(request.Call, bucket, options, request.Aborted).ConfigureAwait(false);
            request.Refresh();
        }
        return props ?? throw NotFound(services.Facts, bucket);
    }

    private static StoreException NotFound(INodeFacts facts, BucketName bucket) => new(
        bucket is { IsRemote: true, Provider: Providers.Ais }
            ? StoreErrorCode.RemoteBucketNotFound
            : StoreErrorCode.BucketNotFound,
        bucket.Provider == Providers.Ais
            ? bucket.IsRemote
                ? $"remote bucket \"{bucket}\" does not exist"
                : $"bucket \"{bucket}\" does not exist"
            : $"{facts.Self.DisplayName}: failed to lookup Cloud bucket {bucket}, err: \"{bucket.Provider}\" backend is "
                + "missing in the cluster configuration");
}
