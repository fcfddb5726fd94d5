using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>POST on objects: actions on one object, and those on a bucket that make objects.</summary>
internal sealed class ObjectActionEndpoints(GatewayServices services, ObjectEndpoints objects, BucketLookup lookup)
{
    private const int Locked = 423;

    /// <param name="request">The request.</param>
    /// <param name="first">Index of the path element that names the bucket.</param>
    public async Task PostAsync(RequestContext request, int first)
    {
        if (request.Path.Count <= first)
        {
            throw ObjectEndpoints.TooShort(request, first + 1);
        }
        var message = request.ParseAction(await request.ReadBodyAsync().ConfigureAwait(false))
            ?? throw request.MissingBody();
        await (message.Action switch
        {
            Actions.RenameObject => CountedRenameAsync(request, first, message),
            Actions.CheckLock => CheckLockAsync(request, first),
            Actions.BeginUpload => BeginUploadAsync(request, first),
            Actions.CompleteUpload => CompleteUploadAsync(request, first, message),
            Actions.AbortUpload => throw new StoreException(
                StoreErrorCode.InvalidRequest, $"\"{Actions.AbortUpload}\" is a DELETE with \"{QueryNames.UploadId}\""),
            Actions.Promote => PromoteAsync(request, first, message),
            Actions.BlobDownload => BlobDownloadAsync(request, first, message),
            var action => throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid action \"{action}\""),
        }).ConfigureAwait(false);
    }

    private IObjectActions Handler => services.ObjectActions
        ?? throw new StoreException(StoreErrorCode.Internal, "this node has no objects");

    private async Task CountedRenameAsync(RequestContext request, int first, ActionMessage message)
    {
        try
        {
            await RenameAsync(request, first, message).ConfigureAwait(false);
            services.Counters.Increment(NodeCounter.Rename);
        }
        catch (StoreException)
        {
            services.Counters.Increment(NodeCounter.RenameErrors);
            throw;
        }
    }

    private async Task RenameAsync(RequestContext request, int first, ActionMessage message)
    {
        var found = await objects.FindAsync(request, first, AccessPermissions.MoveObject).ConfigureAwait(false);
        ObjectEndpoints.RequireOwn(found.Bucket, found.Props, "renaming an object");
        var name = message.Name ?? "";
        ObjectName.Validate(name);
        objects.RequireRedirect(request, "POST(obj) is expected to be redirected");
        if (await objects.SendsOnAsync(request, found).ConfigureAwait(false))
        {
            return;
        }
        await Handler.RenameAsync(
            new RenameObjectRequest
            {
                Object = found.Of(request),
                NewName = name,
            },
            request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task CheckLockAsync(RequestContext request, int first)
    {
        var found = await objects.FindAsync(request, first, AccessPermissions.HeadObject).ConfigureAwait(false);
        if (await objects.SendsOnAsync(request, found).ConfigureAwait(false))
        {
            return;
        }
        var state = await Handler.CheckLockAsync(
            new CheckLockRequest { Object = found.Of(request) }, request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync(state == ObjectLock.Write ? Locked : StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private async Task BeginUploadAsync(RequestContext request, int first)
    {
        var found = await FindUploadAsync(request, first).ConfigureAwait(false);
        if (await objects.SendsOnAsync(request, found).ConfigureAwait(false))
        {
            return;
        }
        var id = await Handler.BeginUploadAsync(
            new BeginUploadRequest
            {
                Object = found.Of(request),
                Custom = ObjectHeaders.ReadCustom(request.Http.Request.Headers),
            },
            request.Aborted).ConfigureAwait(false);
        await request.TextAsync(id).ConfigureAwait(false);
    }

    private async Task CompleteUploadAsync(RequestContext request, int first, ActionMessage message)
    {
        var found = await FindUploadAsync(request, first).ConfigureAwait(false);
        var parts = Parts(message.Value);
        var id = request.Query.Get(QueryNames.UploadId);
        if (await objects.SendsOnToAsync(request, found, ObjectUploads.HolderOf(id)).ConfigureAwait(false))
        {
            return;
        }
        await Handler.CompleteUploadAsync(
            new CompleteUploadRequest
            {
                Object = found.Of(request),
                UploadId = id,
                Parts = parts,
            },
            request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task<FoundObject> FindUploadAsync(RequestContext request, int first)
    {
        var found = await objects.FindAsync(request, first, AccessPermissions.Put).ConfigureAwait(false);
        ObjectEndpoints.RequireNoCloud(found.Bucket, found.Props, "a multipart upload");
        objects.RequireRedirect(request, "POST(obj) is expected to be redirected");
        return found;
    }

    private static List<CompletedPart> Parts(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() > UploadLimits.MaxPartNumber)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"\"{Actions.CompleteUpload}\" needs a list of at most {UploadLimits.MaxPartNumber} parts");
        }
        return [.. list.EnumerateArray().Select(Part)];
    }

    private static CompletedPart Part(JsonElement element)
    {
        int? number = null;
        var tag = "";
        foreach (var property in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
        {
            if (property.Name.Equals("part-number", StringComparison.OrdinalIgnoreCase)
                && property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out var value))
            {
                number = value;
            }
            else if (property.Name.Equals("etag", StringComparison.OrdinalIgnoreCase)
                && property.Value.ValueKind == JsonValueKind.String)
            {
                tag = property.Value.GetString()!;
            }
        }
        return number is { } known
            ? new CompletedPart(known, tag)
            : throw new StoreException(
                StoreErrorCode.InvalidRequest, "invalid part: expecting {\"part-number\":number,\"etag\":\"text\"}");
    }

    private async Task PromoteAsync(RequestContext request, int first, ActionMessage message)
    {
        var bucket = BucketLookup.Name(request, request.Path.Segment(first));
        var props = await objects.FindBucketAsync(request, bucket, AccessPermissions.Promote).ConfigureAwait(false);
        ObjectEndpoints.RequireNoCloud(bucket, props, "promoting files");
        var promotion = services.Promotion ?? throw new StoreException(
            StoreErrorCode.InvalidRequest,
            $"{services.Facts.Self.DisplayName}: \"{Actions.Promote}\" is served by proxies (gateways) only");
        PromoteMessage? files = null;
        if (message.Value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value)
        {
            files = request.ParseJson(
                JsonSerializer.SerializeToUtf8Bytes(value, WireJsonContext.Default.JsonElement),
                WireJsonContext.Default.PromoteMessage,
                "*apc.PromoteArgs");
        }
        files ??= new PromoteMessage();
        files = string.IsNullOrEmpty(files.Source) ? files with { Source = message.Name } : files;
        if (string.IsNullOrEmpty(files.Source))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "promote: the path of the source is missing");
        }
        await request
            .TextAsync(await promotion.PromoteAsync(request.Call, bucket, files, request.Aborted).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    /// <summary>A fetch of one object as a job; any proxy starts it.</summary>
    private async Task BlobDownloadAsync(RequestContext request, int first, ActionMessage message)
    {
        var bucket = BucketLookup.Name(request, request.Path.Segment(first));
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        if (!bucket.IsRemote)
        {
            throw new StoreException(
                StoreErrorCode.NotRemoteBucket, $"{Actions.BlobDownload}: expecting remote bucket (have {bucket})");
        }
        var name = message.Name ?? "";
        ObjectName.Validate(name);
        var work = new BucketWork
        {
            BucketId = props.BucketId,
            Names = new NamesMessage { ObjectNames = [name] },
            Value = message.Value,
        };
        await new BucketJobEndpoints(services, lookup)
            .StartAsync(request, Actions.BlobDownload, bucket, work).ConfigureAwait(false);
    }
}
