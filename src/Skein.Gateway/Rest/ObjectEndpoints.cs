using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest.Archives;
using Skein.Gateway.Rest.Objects;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/objects/B/O</c>.</summary>
internal sealed class ObjectEndpoints(GatewayServices services, BucketLookup lookup)
{
    /// <summary>How often a read is served anew because the owners of names have changed meanwhile.</summary>
    private const int MaxAttempts = 3;

    private const string Allow = "DELETE, GET, HEAD, PATCH, POST, PUT";

    private readonly RedirectReply _redirect = new(services);

    /// <param name="request">The request.</param>
    /// <param name="first">Index of the path element that names the bucket.</param>
    public async Task HandleAsync(RequestContext request, int first)
    {
        var started = Stopwatch.GetTimestamp();
        switch (request.Method)
        {
            case "GET":
                CountRedirected(request, NodeCounter.GetRedirected);
                await CountAsync(request, first, GetAsync, NodeCounter.Get, NodeCounter.GetErrors).ConfigureAwait(false);
                services.Counters.Add(NodeCounter.GetNanoseconds, Nanoseconds(started));
                break;
            case "HEAD":
                await CountAsync(request, first, HeadAsync, NodeCounter.Head, NodeCounter.HeadErrors)
                    .ConfigureAwait(false);
                break;
            case "PUT" when ObjectUploads.IsAppend(request):
                await CountAsync(request, first, PutAsync, NodeCounter.Append, NodeCounter.AppendErrors)
                    .ConfigureAwait(false);
                services.Counters.Add(NodeCounter.AppendNanoseconds, Nanoseconds(started));
                break;
            case "PUT":
                CountRedirected(request, NodeCounter.PutRedirected);
                await CountAsync(request, first, PutAsync, NodeCounter.Put, NodeCounter.PutErrors).ConfigureAwait(false);
                services.Counters.Add(NodeCounter.PutNanoseconds, Nanoseconds(started));
                break;
            case "DELETE":
                await CountAsync(request, first, DeleteAsync, NodeCounter.Delete, NodeCounter.DeleteErrors)
                    .ConfigureAwait(false);
                break;
            case "PATCH":
                await CountAsync(request, first, PatchAsync, NodeCounter.Patch, NodeCounter.PutErrors)
                    .ConfigureAwait(false);
                break;
            case "POST":
                await new ObjectActionEndpoints(services, this, lookup).PostAsync(request, first).ConfigureAwait(false);
                break;
            default:
                await Verbs.RefuseAsync(request, Allow).ConfigureAwait(false);
                break;
        }
    }

    private async Task CountAsync(
        RequestContext request, int first, Func<RequestContext, int, Task> serve, NodeCounter done, NodeCounter failed)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await serve(request, first).ConfigureAwait(false);
                    break;
                }
                catch (StoreException error) when (attempt < MaxAttempts && MayBeServedAnew(request, error))
                {
                    request.Refresh();
                }
            }
            services.Counters.Increment(done);
        }
        catch (StoreException error)
        {
            services.Counters.Increment(failed);
            if (error.Code == StoreErrorCode.BadChecksum)
            {
                services.Counters.Increment(NodeCounter.ChecksumErrors);
            }
            if (HttpMethods.IsPut(request.Method))
            {
                request.LeaveBodyUnread();
            }
            throw;
        }
    }

    /// <summary>A proxy writes the time of its redirect into the query.</summary>
    private void CountRedirected(RequestContext request, NodeCounter count)
    {
        if (services.Objects is not null && request.Call.IsRedirected
            && long.TryParse(request.Query.Get(QueryNames.RedirectTime), NumberStyles.None, CultureInfo.InvariantCulture,
                out var sentAt))
        {
            services.Counters.AddRedirected(count, sentAt, services.Time.GetUtcNow());
        }
    }

    /// <summary>
    /// A read that could not be served since the name has got another owner meanwhile: with the newer map it is sent there.
    /// </summary>
    private bool MayBeServedAnew(RequestContext request, StoreException error) =>
        error.Code == StoreErrorCode.NotReady && (request.Method is "GET" or "HEAD") && !request.Response.HasStarted
        && services.Metadata.Current.Document.Rebalance.OwnersVersion
            != request.Call.Metadata.Document.Rebalance.OwnersVersion;

    private async Task GetAsync(RequestContext request, int first)
    {
        var found = await FindAsync(request, first, AccessPermissions.Get).ConfigureAwait(false);
        UnservedObjectOptions.RefuseOnGet(request);
        var archive = ArchiveQuery.OnGet(request, found);
        if (Redirects(request, found, isRead: true))
        {
            await _redirect.WriteAsync(request, found).ConfigureAwait(false);
            return;
        }
        if (archive is not null)
        {
            await ArchiveQuery.SendAsync(services, request, archive).ConfigureAwait(false);
            return;
        }
        var get = new GetObjectRequest
        {
            Object = found.Of(request),
            LatestVersion = request.Query.Flag(QueryNames.LatestVersion),
            Range = ByteRange.Parse(request.Http.Request.Headers.Range.ToString(), $"{found.Bucket}/{found.Name}"),
        };
        await using var content = await Handler.GetAsync(get, request.Aborted).ConfigureAwait(false);
        ObjectHeaders.WriteContent(request, content);
        await content.SendAsync(request.Response.BodyWriter, request.Http.Features, request.Aborted)
            .ConfigureAwait(false);
        services.Counters.Add(NodeCounter.GetBytes, content.Length);
    }

    private async Task HeadAsync(RequestContext request, int first)
    {
        var found = await FindAsync(request, first, AccessPermissions.HeadObject).ConfigureAwait(false);
        var props = HeadPropsText.Parse(request.Query.Get(QueryNames.Props));
        if (Redirects(request, found, isRead: true))
        {
            await _redirect.WriteAsync(request, found).ConfigureAwait(false);
            return;
        }
        var presence = request.Query.Number(QueryNames.Presence) ?? 0;
        var filter = presence is >= 0 and <= 5 ? (PresenceFilter)presence : PresenceFilter.Exists;
        var head = new HeadObjectRequest
        {
            Object = found.Of(request),
            Presence = filter,
            LatestVersion = request.Query.Flag(QueryNames.LatestVersion),
        };
        var description = await Handler.HeadAsync(head, request.Aborted).ConfigureAwait(false);
        if (filter is PresenceFilter.ExistsNoProps or PresenceFilter.PresentNoProps)
        {
            request.Response.ContentLength = 0;
            return;
        }
        if (props is { } some)
        {
            ObjectHeaders.WriteProps(request, description, some);
            return;
        }
        ObjectHeaders.WriteDescription(request, found.Bucket, found.Name, description);
    }

    private async Task PutAsync(RequestContext request, int first)
    {
        if (ObjectUploads.Serves(request))
        {
            await new ObjectUploads(services, this).PutAsync(request, first).ConfigureAwait(false);
            return;
        }
        var found = await FindAsync(request, first, AccessPermissions.Put).ConfigureAwait(false);
        UnservedObjectOptions.RefuseOnPut(request);
        var append = ArchiveQuery.OnPut(request, found);
        RequireRedirect(request, "PUT(obj) is expected to be redirected or replicated");
        if (Redirects(request, found, isRead: false))
        {
            await _redirect.WriteAsync(request, found).ConfigureAwait(false);
            return;
        }
        if (append is not null)
        {
            await ArchiveQuery.AppendAsync(services, request, append).ConfigureAwait(false);
            return;
        }
        var headers = request.Http.Request.Headers;
        var put = new PutObjectRequest
        {
            Object = found.Of(request),
            Body = request.Http.Request.BodyReader,
            Length = AnnouncedLength(request),
            Declared = ObjectHeaders.ReadChecksum(headers),
            Custom = ObjectHeaders.ReadCustom(headers),
            PreviousVersion = headers[HeaderNames.Version].ToString(),
            SkipVersionCheck = request.Query.Flag(QueryNames.SkipVersionCheck),
        };
        var result = await Handler.PutAsync(put, request.Aborted).ConfigureAwait(false);
        if (result.Attributes is { } stored)
        {
            ObjectHeaders.WriteStored(request, stored, put.Custom);
            services.Counters.Add(NodeCounter.PutBytes, stored.Size);
        }
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task DeleteAsync(RequestContext request, int first)
    {
        if (request.Query.Has(QueryNames.UploadId))
        {
            await new ObjectUploads(services, this).AbortAsync(request, first).ConfigureAwait(false);
            return;
        }
        var found = await FindAsync(request, first, AccessPermissions.DeleteObject).ConfigureAwait(false);
        RequireRedirect(request, "DELETE(obj) is expected to be redirected");
        if (Redirects(request, found, isRead: false))
        {
            await _redirect.WriteAsync(request, found).ConfigureAwait(false);
            return;
        }
        var evicts = await EvictsOnlyAsync(request).ConfigureAwait(false);
        if (evicts && !found.Bucket.IsRemote)
        {
            throw new StoreException(
                StoreErrorCode.NotRemoteBucket, $"{Actions.EvictNames}: expecting remote bucket (have {found.Bucket})");
        }
        var delete = new DeleteObjectRequest
        {
            Object = found.Of(request),
            EvictsOnly = evicts,
        };
        await Handler.DeleteAsync(delete, request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    /// <summary>A DELETE whose message says so removes only what is stored here.</summary>
    private static async Task<bool> EvictsOnlyAsync(RequestContext request) =>
        request.ParseAction(await request.ReadBodyAsync().ConfigureAwait(false))?.Action == Actions.EvictNames;

    private async Task PatchAsync(RequestContext request, int first)
    {
        var found = await FindAsync(request, first, AccessPermissions.UpdateObject).ConfigureAwait(false);
        if (Redirects(request, found, isRead: false))
        {
            await _redirect.WriteAsync(request, found).ConfigureAwait(false);
            return;
        }
        var message = request.ParseAction(await request.ReadBodyAsync().ConfigureAwait(false))
            ?? throw request.MissingBody();
        var patch = new PatchObjectRequest
        {
            Object = found.Of(request),
            Custom = ObjectHeaders.ReadCustom(message.Value),
            ReplaceAll = request.Query.Flag(QueryNames.SetNewCustom),
        };
        await Handler.PatchAsync(patch, request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private IObjectHandler Handler => services.Objects
        ?? throw new StoreException(StoreErrorCode.Internal, "this node has no objects");

    /// <summary>The object that a request names, if it may be asked for.</summary>
    internal async Task<FoundObject> FindAsync(RequestContext request, int first, AccessPermissions asked)
    {
        if (request.Path.Count <= first || request.Path.Rest(first + 1).Length == 0)
        {
            throw TooShort(request, first + 2);
        }
        var bucket = BucketLookup.Name(request, request.Path.Segment(first));
        var name = request.Path.Rest(first + 1);
        ObjectName.Validate(name);
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        AccessCheck.Require(bucket, props, asked);
        return new FoundObject(bucket, props, name);
    }

    /// <summary>The properties of another bucket that a request names, if it may be asked for.</summary>
    internal async Task<BucketProps> FindBucketAsync(RequestContext request, BucketName bucket, AccessPermissions asked)
    {
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        AccessCheck.Require(bucket, props, asked);
        return props;
    }

    /// <summary>
    /// Refuses what would be stored here alone, and lost with the next eviction: in buckets of a cloud, and in buckets of this
    /// cluster behind which another one stands. Buckets of other clusters pass.
    /// </summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotImplemented"/>.</exception>
    internal static void RequireNoCloud(BucketName bucket, BucketProps props, string what)
    {
        if (bucket.Provider != Providers.Ais || !props.Backend.IsEmpty)
        {
            throw new StoreException(
                StoreErrorCode.NotImplemented, $"{what} in {bucket}, which has a remote backend, is not implemented");
        }
    }

    /// <summary>Refuses what is served only in buckets whose objects are kept here.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotImplemented"/>.</exception>
    internal static void RequireOwn(BucketName bucket, BucketProps props, string what)
    {
        if (bucket.IsRemote)
        {
            throw new StoreException(
                StoreErrorCode.NotImplemented, $"{what} in {bucket}, which has a remote backend, is not implemented");
        }
        RequireNoCloud(bucket, props, what);
    }

    /// <summary>Sends the client on to the node that serves it; false when that is this one.</summary>
    internal async Task<bool> SendsOnAsync(RequestContext request, FoundObject found)
    {
        if (!Redirects(request, found, isRead: false))
        {
            return false;
        }
        await _redirect.WriteAsync(request, found).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Sends the client on to the one target that can go on with what it has begun; false when that is this node.
    /// </summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.HolderNotFound"/>.</exception>
    internal async Task<bool> SendsOnToAsync(RequestContext request, FoundObject found, string holder)
    {
        if (holder == services.Facts.Self.Id)
        {
            return false;
        }
        found.Node = request.Call.Metadata.Document.Map.Targets.GetValueOrDefault(holder)
            ?? throw new StoreException(
                StoreErrorCode.HolderNotFound,
                $"{services.Facts.Self.DisplayName}: node {(holder.Length > 64 ? holder[..64] : holder)} is not in the cluster "
                    + "map: what was begun there cannot be gone on with");
        services.Counters.Increment(NodeCounter.Redirect);
        await _redirect.WriteAsync(request, found).ConfigureAwait(false);
        return true;
    }

    /// <summary>Decides where the request goes; notes the node to redirect to.</summary>
    private bool Redirects(RequestContext request, FoundObject found, bool isRead)
    {
        var node = services.Router.Route(new RouteObjectRequest
        {
            Object = found.Of(request),
            IsRead = isRead,
        });
        found.Node = node;
        if (node is not null)
        {
            services.Counters.Increment(NodeCounter.Redirect);
        }
        return node is not null;
    }

    /// <summary>Changes come to a target through a proxy, or from another node.</summary>
    internal void RequireRedirect(RequestContext request, string message)
    {
        if (services.Objects is not null && !request.Call.IsRedirected && !request.Call.IsIntra)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{services.Facts.Self.DisplayName}: {message}");
        }
    }

    internal static long? AnnouncedLength(RequestContext request)
    {
        var http = request.Http.Request;
        return http.ContentLength ?? (http.Headers.TransferEncoding.Count == 0 ? 0 : null);
    }

    internal static StoreException TooShort(RequestContext request, int expected) => new(
        StoreErrorCode.InvalidPath,
        $"URL '{request.Path.Decoded.Trim('/')}' is too short: expected {expected} items, got {request.Path.Count}");

    private static long Nanoseconds(long started) =>
        Stopwatch.GetElapsedTime(started).Ticks * TimeSpan.NanosecondsPerTick;
}

/// <summary>The object that a request names, and the node that it is redirected to.</summary>
internal sealed record FoundObject(BucketName Bucket, BucketProps Props, string Name)
{
    public NodeInfo? Node { get; set; }

    /// <summary>What every operation is told of it.</summary>
    public RequestedObject Of(RequestContext request) => new(request.Call, Bucket, Props, Name);
}
