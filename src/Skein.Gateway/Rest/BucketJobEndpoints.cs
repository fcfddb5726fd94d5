using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>
/// Jobs over the objects of a bucket: <c>DELETE</c> and <c>POST /v1/buckets/B</c> with actions like
/// <c>delete-listrange</c>. Any proxy starts them.
/// </summary>
internal sealed class BucketJobEndpoints(GatewayServices services, BucketLookup lookup)
{
    private readonly PrimaryRelay _relay = new(services);

    private IClusterJobs Jobs => services.ClusterJobs
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node starts no jobs");

    /// <summary>Serves <c>DELETE</c>.</summary>
    /// <returns>False when the action is another one.</returns>
    public async Task<bool> TryDeleteAsync(RequestContext request, BucketName bucket, ActionMessage message)
    {
        if (message.Action is not (Actions.DeleteNames or Actions.EvictNames))
        {
            return false;
        }
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        if (message.Action == Actions.EvictNames)
        {
            RequireRemote(message.Action, bucket, props);
        }
        AccessCheck.Require(bucket, props, AccessPermissions.DeleteObject);
        var work = new BucketWork { BucketId = props.BucketId, Names = Names(message) };
        await StartAsync(request, message.Action, bucket, work).ConfigureAwait(false);
        return true;
    }

    /// <summary>Serves <c>POST</c>.</summary>
    /// <returns>False when the action is another one.</returns>
    public async Task<bool> TryPostAsync(
        RequestContext request, BucketName bucket, ActionMessage message, ReadOnlyMemory<byte> body)
    {
        switch (message.Action)
        {
            case Actions.PrefetchNames:
                await PrefetchAsync(request, bucket, message).ConfigureAwait(false);
                return true;
            case Actions.CopyBucket:
                await CopyBucketAsync(request, bucket, message, body).ConfigureAwait(false);
                return true;
            case Actions.CopyNames:
                await CopyNamesAsync(request, bucket, message, body).ConfigureAwait(false);
                return true;
            case Actions.MoveBucket:
                await RenameAsync(request, bucket, body).ConfigureAwait(false);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The primary marks both buckets and starts the job; where it cannot it takes the marks back.</summary>
    private async Task RenameAsync(RequestContext request, BucketName bucket, ReadOnlyMemory<byte> body)
    {
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        var destination = DestinationOf(request);
        RequireLocal(bucket, props);
        RequireLocal(destination, null);
        if (destination == bucket)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"cannot rename bucket \"{bucket}\" to itself");
        }
        await _relay
            .ServeAsync(request, body, async () =>
            {
                var present = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
                if (present.Renamed.Length == 0)
                {
                    AccessCheck.Require(bucket, present, AccessPermissions.MoveBucket);
                }
                var id = JobId.New();
                await Commands.BeginRenameAsync(request.Call, bucket, destination, id, request.Aborted).ConfigureAwait(false);
                request.Refresh();
                request.StampResponse();
                await StartMoveAsync(request, bucket, destination, id).ConfigureAwait(false);
                await request.TextAsync(id).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private async Task StartMoveAsync(RequestContext request, BucketName bucket, BucketName destination, string id)
    {
        var buckets = request.Call.Metadata.Document.Buckets;
        var work = new BucketWork
        {
            BucketId = buckets.Find(bucket)?.BucketId ?? 0,
            Destination = WireBucket.From(destination),
            DestinationId = buckets.Find(destination)?.BucketId ?? 0,
        };
        try
        {
            await StartAsync(request.Call, (Actions.MoveBucket, id), bucket, work, request.Aborted).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            await Commands.CancelRenameAsync(request.Call, bucket, id, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async Task PrefetchAsync(RequestContext request, BucketName bucket, ActionMessage message)
    {
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        RequireRemote(message.Action, bucket, props);
        var work = new BucketWork
        {
            BucketId = props.BucketId,
            Names = Names(message),
            Value = WithoutNames(message),
        };
        await StartAsync(request, message.Action, bucket, work).ConfigureAwait(false);
    }

    private async Task CopyBucketAsync(
        RequestContext request, BucketName bucket, ActionMessage message, ReadOnlyMemory<byte> body)
    {
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        var destination = DestinationOf(request);
        if (destination == bucket)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"cannot copy bucket \"{bucket}\" onto itself");
        }
        var how = CopyOf(message);
        var names = new NamesMessage { Prefix = how.Prefix, Workers = how.Workers, NonRecursive = how.NonRecursive };
        names.Validate();
        await CopyAsync(request, (bucket, props), (destination, how), names, (message, body)).ConfigureAwait(false);
    }

    private async Task CopyNamesAsync(
        RequestContext request, BucketName bucket, ActionMessage message, ReadOnlyMemory<byte> body)
    {
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        var how = CopyOf(message);
        if (string.IsNullOrEmpty(how.Destination?.Name))
        {
            throw new StoreException(StoreErrorCode.InvalidBucketName, "bucket name is missing");
        }
        var destination = BucketLookup.Resolve(request, how.Destination.ToName());
        await CopyAsync(request, (bucket, props), (destination, how), Names(message), (message, body))
            .ConfigureAwait(false);
    }

    /// <summary>Starts the copy; where the destination is missing the primary creates it first.</summary>
    private async Task CopyAsync(
        RequestContext request,
        (BucketName Bucket, BucketProps Props) source,
        (BucketName Bucket, CopyMessage How) to,
        NamesMessage names,
        (ActionMessage Action, ReadOnlyMemory<byte> Body) message)
    {
        ObjectEndpoints.RequireNoCloud(source.Bucket, source.Props, "copying objects");
        if (to.How is { Synchronize: true, Endings.Count: > 0 })
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                "\"synchronize\" goes not with \"ext\": which object a name at the destination was made of is not known");
        }
        if (to.Bucket.IsRemote)
        {
            // known from here on; a copy creates no bucket in another cluster
            _ = await lookup.FindAsync(request, to.Bucket).ConfigureAwait(false);
        }
        var known = request.Call.Metadata.Document.Buckets.Find(to.Bucket);
        if (known is not null)
        {
            ObjectEndpoints.RequireNoCloud(to.Bucket, known, "copying objects");
        }
        var work = new BucketWork
        {
            BucketId = source.Props.BucketId,
            Names = names,
            Destination = WireBucket.From(to.Bucket),
            Value = JsonSerializer.SerializeToElement(
                to.How with { ObjectNames = null, Template = null, Destination = null }, WireJsonContext.Output.CopyMessage),
        };
        if (to.How.IsDryRun || known is not null)
        {
            await StartCopyAsync(request, message.Action.Action, source.Bucket, to.Bucket, work).ConfigureAwait(false);
            return;
        }
        await _relay
            .ServeAsync(request, message.Body, async () =>
            {
                await Commands.CreateLikeAsync(request.Call, to.Bucket, source.Bucket, request.Aborted).ConfigureAwait(false);
                request.Refresh();
                request.StampResponse();
                await StartCopyAsync(request, message.Action.Action, source.Bucket, to.Bucket, work).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
    }

    private Task StartCopyAsync(
        RequestContext request, string kind, BucketName source, BucketName destination, BucketWork work)
    {
        var props = request.Call.Metadata.Document.Buckets.Find(destination);
        if (props is not null)
        {
            AccessCheck.Require(destination, props, AccessPermissions.Put);
        }
        return StartAsync(request, kind, source, work with { DestinationId = props?.BucketId ?? 0 });
    }

    private IBucketCommands Commands => services.BucketCommands
        ?? throw new StoreException(StoreErrorCode.Internal, "this node changes no buckets");

    private static CopyMessage CopyOf(ActionMessage message) =>
        WireJson.Read(message.Value, WireJsonContext.Default.CopyMessage, "*apc.TCBMsg", message.Action) ?? new CopyMessage();

    private static BucketName DestinationOf(RequestContext request) => request.Query.Has(QueryNames.BucketTo)
        ? BucketLookup.Resolve(request, BucketName.ParseUname(request.Query.Get(QueryNames.BucketTo)))
        : throw new StoreException(
            StoreErrorCode.InvalidRequest, $"missing \"{QueryNames.BucketTo}\" query parameter");

    private static void RequireLocal(BucketName bucket, BucketProps? props)
    {
        if (bucket.IsRemote || props is { Backend.IsEmpty: false })
        {
            throw new StoreException(
                StoreErrorCode.NotImplemented, $"renaming {bucket}, which has a remote backend, is not implemented");
        }
    }

    /// <summary>Starts a job over a bucket on every active target, and answers with its id.</summary>
    public async Task StartAsync(RequestContext request, string kind, BucketName bucket, BucketWork work)
    {
        var id = await StartAsync(request.Call, (kind, JobId.New(kind)), bucket, work, request.Aborted).ConfigureAwait(false);
        await request.TextAsync(id).ConfigureAwait(false);
    }

    /// <summary>Which objects are meant, checked.</summary>
    /// <exception cref="StoreException">When the message or the template is wrong.</exception>
    public static NamesMessage Names(ActionMessage message)
    {
        var names = WireJson.Read(message.Value, WireJsonContext.Default.NamesMessage, "*apc.ListRange", message.Action)
            ?? new NamesMessage();
        names.Validate();
        return names;
    }

    /// <summary>The value of a message without what <see cref="Names"/> reads of it, which may be large.</summary>
    public static JsonElement? WithoutNames(ActionMessage message)
    {
        if (message.Value is not { ValueKind: JsonValueKind.Object } value)
        {
            return null;
        }
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in value.EnumerateObject())
            {
                if (!member.Name.Equals("objnames", StringComparison.OrdinalIgnoreCase))
                {
                    member.WriteTo(writer);
                }
            }
            writer.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private Task<string> StartAsync(
        CallContext call, (string Kind, string Id) job, BucketName bucket, BucketWork work, CancellationToken cancellation) =>
        Jobs.StartAsync(
            call,
            new JobMessage
            {
                Id = job.Id,
                Kind = job.Kind,
                Bucket = WireBucket.From(bucket),
                Work = work with { Participants = [.. call.Metadata.Document.Map.ActiveTargets.Select(node => node.Id)] },
            },
            cancellation);

    private static void RequireRemote(string action, BucketName bucket, BucketProps props)
    {
        if (bucket.Provider == Providers.Ais && !bucket.Namespace.IsRemote && props.Backend.IsEmpty)
        {
            throw new StoreException(
                StoreErrorCode.NotRemoteBucket, $"{action}: expecting remote bucket (have {bucket})");
        }
    }
}
