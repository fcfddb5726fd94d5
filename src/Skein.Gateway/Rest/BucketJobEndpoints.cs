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
        RequestContext request, BucketName bucket, ActionMessage message)
    {
        if (message.Action != Actions.PrefetchNames)
        {
            return false;
        }
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        RequireRemote(message.Action, bucket, props);
        var work = new BucketWork
        {
            BucketId = props.BucketId,
            Names = Names(message),
            Value = WithoutNames(message),
        };
        await StartAsync(request, message.Action, bucket, work).ConfigureAwait(false);
        return true;
    }

    /// <summary>Starts a job over a bucket on every active target, and answers with its id.</summary>
    public async Task StartAsync(RequestContext request, string kind, BucketName bucket, BucketWork work)
    {
        var id = await StartAsync(request.Call, kind, bucket, work, request.Aborted).ConfigureAwait(false);
        await request.TextAsync(id).ConfigureAwait(false);
    }

    /// <summary>Which objects are meant, checked.</summary>
    /// <exception cref="StoreException">When the message or the template is wrong.</exception>
    public static NamesMessage Names(ActionMessage message)
    {
        if (message.Value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value)
        {
            return new NamesMessage();
        }
        try
        {
            var names = value.Deserialize(WireJsonContext.Default.NamesMessage) ?? new NamesMessage();
            names.Validate();
            return names;
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"failed to unmarshal [*apc.ListRange] ({message.Action}), err: {error.Message}",
                error);
        }
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
        CallContext call, string kind, BucketName bucket, BucketWork work, CancellationToken cancellation) =>
        Jobs.StartAsync(
            call,
            new JobMessage
            {
                Id = JobId.New(),
                Kind = kind,
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
