using System.Diagnostics;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest.Archives;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/buckets[/B]</c>.</summary>
internal sealed class BucketEndpoints(GatewayServices services, BucketLookup lookup)
{
    private const string Allow = "DELETE, GET, HEAD, PATCH, POST, PUT";

    private readonly PrimaryRelay _relay = new(services);
    private readonly RemoteBucketEndpoints _remote = new(services);
    private readonly BucketJobEndpoints _jobs = new(services, lookup);
    private readonly SummaryEndpoints _summaries = new(services, lookup);

    private bool IsProxy => services.Facts.Self.Role == NodeRole.Proxy;

    /// <param name="request">The request.</param>
    /// <param name="first">Index of the path element that names the bucket.</param>
    public Task HandleAsync(RequestContext request, int first)
    {
        var name = request.Path.Count > first ? request.Path.Segment(first) : "";
        return request.Method switch
        {
            "GET" => GetAsync(request, name),
            "HEAD" => HeadAsync(request, name),
            "POST" => PostAsync(request, name, first),
            "DELETE" => DeleteAsync(request, name),
            "PATCH" => PatchAsync(request, name),
            "PUT" => PutAsync(request, name),
            _ => Verbs.RefuseAsync(request, Allow),
        };
    }

    private async Task GetAsync(RequestContext request, string name)
    {
        var message = request.ParseAction(await request.ReadBodyAsync().ConfigureAwait(false));
        var action = message?.Action ?? "";
        if (action == Actions.SummarizeBucket)
        {
            await _summaries.GetAsync(request, name, message!).ConfigureAwait(false);
            return;
        }
        if (action.Length != 0 && action != Actions.List)
        {
            throw BucketActions.Error(request.Method, action);
        }
        if (name.Length == 0)
        {
            await ListBucketsAsync(request).ConfigureAwait(false);
            return;
        }
        await ListObjectsAsync(request, name, message).ConfigureAwait(false);
    }

    private Task ListBucketsAsync(RequestContext request)
    {
        var provider = request.Provider ?? request.Query.Get(QueryNames.Provider);
        var canonical = provider.Length == 0 ? null : Providers.Normalize(provider);
        var text = request.Query.Get(QueryNames.Namespace);
        var ns = text.Length == 0 ? null : BucketNamespace.Parse(text);
        if (RemoteBucketEndpoints.Serves(canonical, text, ns))
        {
            return _remote.ListAsync(request, canonical ?? Providers.Ais, text, ns);
        }
        var buckets = new List<WireBucket>();
        foreach (var bucket in request.Call.Metadata.Document.Buckets.Buckets.Keys)
        {
            if ((canonical is null || bucket.Provider == canonical) && (ns is null || bucket.Namespace == ns))
            {
                buckets.Add(WireBucket.From(bucket));
            }
        }
        return request.JsonAsync(buckets, WireJsonContext.Output.ListWireBucket);
    }

    private async Task ListObjectsAsync(RequestContext request, string name, ActionMessage? message)
    {
        var started = Stopwatch.GetTimestamp();
        if (!IsProxy && !request.Call.IsIntra)
        {
            throw IntraOnly(request);
        }
        var bucket = BucketLookup.Name(request, name);
        var props = await lookup
            .FindAsync(request, bucket, _remote.LookupFor(request, bucket, message?.Value)).ConfigureAwait(false);
        AccessCheck.Require(bucket, props, AccessPermissions.ListObjects);
        var wanted = ListObjectsRules.Read(request, message?.Value);
        try
        {
            var page = await services.Lister
                .ListAsync(new ListObjectsRequest(request.Call, bucket, props, wanted), request.Aborted)
                .ConfigureAwait(false);
            services.Counters.Increment(NodeCounter.List);
            services.Counters.Add(
                NodeCounter.ListNanoseconds, Stopwatch.GetElapsedTime(started).Ticks * TimeSpan.NanosecondsPerTick);
            if (request.Call.IsIntra)
            {
                request.StampResponse();
            }
            await ListObjectsReply.WriteAsync(request, wanted, page).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            services.Counters.Increment(NodeCounter.ListErrors);
            throw;
        }
    }

    private async Task HeadAsync(RequestContext request, string name)
    {
        RequireName(request, name);
        _ = request.Query.Number(QueryNames.Presence);
        var bucket = BucketLookup.Name(request, name);
        var props = await lookup
            .FindAsync(request, bucket, RemoteBucketEndpoints.LookupFor(request)).ConfigureAwait(false);
        AccessCheck.Require(bucket, props, AccessPermissions.HeadBucket);
        await _remote.ConfirmAsync(request, bucket).ConfigureAwait(false);
        request.Response.Headers[HeaderNames.BucketProps] = props.ToJson();
        if (request.Query.Has("bsumm_remote"))
        {
            await _summaries.HeadAsync(request, bucket).ConfigureAwait(false);
            return;
        }
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task PostAsync(RequestContext request, string name, int first)
    {
        RequireProxy(request);
        RequireName(request, name);
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        if (request.Path.Count > first + 1)
        {
            throw RestDialect.InvalidUri(request);
        }
        var bucket = BucketLookup.Name(request, name);
        if (await _jobs.TryPostAsync(request, bucket, message, body).ConfigureAwait(false))
        {
            return;
        }
        if (message.Action != Actions.CreateBucket)
        {
            await lookup.FindAsync(request, bucket).ConfigureAwait(false);
            throw BucketActions.Error(request.Method, message.Action);
        }
        await _relay
            .ServeAsync(request, body, async () =>
            {
                if (!await _remote.TryCreateAsync(request, bucket, message).ConfigureAwait(false))
                {
                    await Commands.CreateAsync(Command(request, bucket, message), request.Aborted).ConfigureAwait(false);
                }
                await DoneAsync(request).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private async Task DeleteAsync(RequestContext request, string name)
    {
        RequireProxy(request);
        RequireName(request, name);
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        var bucket = BucketLookup.Name(request, name);
        if (message.Action == Actions.EvictRemoteBucket)
        {
            RemoteBucketEndpoints.RequireRemote(request, bucket);
            await _relay
                .ServeAsync(request, body, async () =>
                {
                    await _remote.EvictAsync(request, bucket).ConfigureAwait(false);
                    await DoneAsync(request).ConfigureAwait(false);
                })
                .ConfigureAwait(false);
            return;
        }
        if (await _jobs.TryDeleteAsync(request, bucket, message).ConfigureAwait(false))
        {
            return;
        }
        if (message.Action != Actions.DestroyBucket)
        {
            await lookup.FindAsync(request, bucket).ConfigureAwait(false);
            throw BucketActions.Error(request.Method, message.Action);
        }
        await _relay
            .ServeAsync(request, body, async () =>
            {
                var props = await lookup
                    .FindAsync(request, bucket, RemoteBucketEndpoints.Unadded).ConfigureAwait(false);
                AccessCheck.Require(bucket, props, AccessPermissions.DestroyBucket);
                if (!await _remote.TryDestroyAsync(request, bucket).ConfigureAwait(false))
                {
                    await Commands.DestroyAsync(Command(request, bucket, message), request.Aborted).ConfigureAwait(false);
                }
                await DoneAsync(request).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private async Task PatchAsync(RequestContext request, string name)
    {
        RequireProxy(request);
        RequireName(request, name);
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        if (message.Action is not (Actions.SetBucketProps or Actions.ResetBucketProps))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid action \"{message.Action}\" (expected one of "
                    + $"[{Actions.SetBucketProps} {Actions.ResetBucketProps}])");
        }
        var bucket = BucketLookup.Name(request, name);
        await _relay
            .ServeAsync(request, body, async () =>
            {
                var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
                AccessCheck.Require(bucket, props, AccessPermissions.Patch);
                var command = Command(request, bucket, message);
                await (message.Action == Actions.SetBucketProps
                    ? Commands.SetPropsAsync(command, request.Aborted)
                    : Commands.ResetPropsAsync(command, request.Aborted)).ConfigureAwait(false);
                await DoneAsync(request).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private async Task PutAsync(RequestContext request, string name)
    {
        RequireProxy(request);
        RequireName(request, name);
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        var bucket = BucketLookup.Name(request, name);
        await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        if (message.Action != ArchiveJobEndpoints.Action)
        {
            throw BucketActions.Error(request.Method, message.Action);
        }
        await new ArchiveJobEndpoints(services, lookup).StartAsync(request, bucket, message).ConfigureAwait(false);
    }

    private IBucketCommands Commands => services.BucketCommands
        ?? throw new StoreException(StoreErrorCode.Internal, "this node changes no buckets");

    private static Task DoneAsync(RequestContext request)
    {
        request.StampResponse();
        return request.EmptyAsync();
    }

    private static BucketCommand Command(RequestContext request, BucketName bucket, ActionMessage message) =>
        new(request.Call, bucket, message.Value);

    private void RequireProxy(RequestContext request)
    {
        if (!IsProxy)
        {
            throw IntraOnly(request);
        }
    }

    private StoreException IntraOnly(RequestContext request) => new(
        StoreErrorCode.InvalidRequest,
        $"{services.Facts.Self.DisplayName}: expected INTRA-CONTROL request "
            + $"({request.Method} {request.Path.Decoded}): use the URL of a proxy");

    private static void RequireName(RequestContext request, string name)
    {
        if (name.Length == 0)
        {
            throw new StoreException(
                StoreErrorCode.InvalidPath,
                $"URL '{request.Path.Decoded.Trim('/')}' is too short: expected 3 items, got {request.Path.Count}");
        }
    }
}
