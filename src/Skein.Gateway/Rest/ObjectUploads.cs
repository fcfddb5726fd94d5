using Microsoft.AspNetCore.Http;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>A PUT that is no whole object: an append, a part of a multipart upload, a copy.</summary>
internal sealed class ObjectUploads(GatewayServices services, ObjectEndpoints objects)
{
    private const string Append = "append";
    private const string Flush = "flush";

    private static readonly string[] Options =
        [QueryNames.AppendType, QueryNames.AppendHandle, QueryNames.ObjectTo, QueryNames.UploadId, QueryNames.PartNumber];

    /// <summary>True for a PUT that is served here.</summary>
    public static bool Serves(RequestContext request) =>
        request.Path.RawQuery.Length != 0 && Array.Exists(Options, request.Query.Has);

    /// <summary>True for a PUT that appends, or makes appended bytes the object.</summary>
    public static bool IsAppend(RequestContext request) => Serves(request)
        && (request.Query.Has(QueryNames.AppendType) || request.Query.Has(QueryNames.AppendHandle));

    /// <summary>Serves the request.</summary>
    public async Task PutAsync(RequestContext request, int first)
    {
        UnservedObjectOptions.RefuseOnPut(request);
        var query = request.Query;
        var isAppend = IsAppend(request);
        var isPart = query.Has(QueryNames.UploadId) || query.Has(QueryNames.PartNumber);
        var isCopy = query.Has(QueryNames.ObjectTo);
        if ((isAppend ? 1 : 0) + (isPart ? 1 : 0) + (isCopy ? 1 : 0) != 1 || query.Get(QueryNames.ArchivePath).Length != 0)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                "an append, a part of an upload, a copy and a change of an archive cannot be one request");
        }
        objects.RequireRedirect(request, "PUT(obj) is expected to be redirected or replicated");
        await (isAppend ? AppendAsync(request, first) : isPart ? PutPartAsync(request, first) : CopyAsync(request, first))
            .ConfigureAwait(false);
    }

    /// <summary>A DELETE that gives an upload up.</summary>
    public async Task AbortAsync(RequestContext request, int first)
    {
        var found = await objects.FindAsync(request, first, AccessPermissions.Put).ConfigureAwait(false);
        objects.RequireRedirect(request, "DELETE(obj) is expected to be redirected");
        var message = request.ParseAction(await request.ReadBodyAsync().ConfigureAwait(false));
        if (message is { Action: not (Actions.AbortUpload or "") })
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"invalid action \"{message.Action}\" with {QueryNames.UploadId}");
        }
        var id = request.Query.Get(QueryNames.UploadId);
        if (await objects.SendsOnToAsync(request, found, HolderOf(id)).ConfigureAwait(false))
        {
            return;
        }
        var abort = new AbortUploadRequest
        {
            Object = found.Of(request),
            UploadId = id,
        };
        await Handler.AbortUploadAsync(abort, request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    /// <summary>The target that an upload id names.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotFound"/> for what no target ever gave.</exception>
    public static string HolderOf(string id) => UploadIds.Parse(id)?.NodeId
        ?? throw new StoreException(
            StoreErrorCode.NotFound, $"upload \"{(id.Length > 100 ? id[..100] : id)}\" does not exist");

    private IObjectActions Handler => services.ObjectActions
        ?? throw new StoreException(StoreErrorCode.Internal, "this node has no objects");

    private async Task AppendAsync(RequestContext request, int first)
    {
        var type = request.Query.Get(QueryNames.AppendType);
        if (type is not (Append or Flush))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid operation \"{(type.Length > 40 ? type[..40] : type)}\" (expecting either \"{Append}\" or \"{Flush}\")"
                    + $" - check \"{QueryNames.AppendType}\" query");
        }
        var text = request.Query.Get(QueryNames.AppendHandle);
        var handle = text.Length == 0 ? null : AppendHandle.Parse(text);
        if (handle is null && type == Flush)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"failed to finalize append: \"{QueryNames.AppendHandle}\" is empty");
        }
        var found = await objects.FindAsync(request, first, AccessPermissions.Append).ConfigureAwait(false);
        ObjectEndpoints.RequireNoCloud(found.Bucket, found.Props, "appending to an object");
        var sentOn = handle is null
            ? await objects.SendsOnAsync(request, found).ConfigureAwait(false)
            : await objects.SendsOnToAsync(request, found, handle.NodeId).ConfigureAwait(false);
        if (sentOn)
        {
            return;
        }
        if (type == Flush)
        {
            await FlushAsync(request, found, handle!).ConfigureAwait(false);
            return;
        }
        var next = await Handler.AppendAsync(
            new AppendObjectRequest
            {
                Object = found.Of(request),
                Handle = handle,
                Body = request.Http.Request.BodyReader,
                Length = ObjectEndpoints.AnnouncedLength(request),
            },
            request.Aborted).ConfigureAwait(false);
        request.Response.Headers[HeaderNames.AppendHandle] = next.ToString();
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task FlushAsync(RequestContext request, FoundObject found, AppendHandle handle)
    {
        var headers = request.Http.Request.Headers;
        var flush = new FlushObjectRequest
        {
            Object = found.Of(request),
            Handle = handle,
            Declared = ObjectHeaders.ReadChecksum(headers),
            Custom = headers.ContainsKey(HeaderNames.CustomMetadata) ? ObjectHeaders.ReadCustom(headers) : null,
        };
        await Handler.FlushAsync(flush, request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task PutPartAsync(RequestContext request, int first)
    {
        var number = request.Query.Number(QueryNames.PartNumber);
        if (number is not (>= 1 and <= UploadLimits.MaxPartNumber))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"\"{QueryNames.PartNumber}\" must be a number from 1 to {UploadLimits.MaxPartNumber}");
        }
        if (request.Http.Request.ContentLength is not { } length)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, "missing \"Content-Length\" in the request: a part must announce its length");
        }
        var found = await objects.FindAsync(request, first, AccessPermissions.Put).ConfigureAwait(false);
        ObjectEndpoints.RequireNoCloud(found.Bucket, found.Props, "a multipart upload");
        var id = request.Query.Get(QueryNames.UploadId);
        if (await objects.SendsOnToAsync(request, found, HolderOf(id)).ConfigureAwait(false))
        {
            return;
        }
        var md5 = await Handler.PutPartAsync(
            new PutPartRequest
            {
                Object = found.Of(request),
                UploadId = id,
                Number = (int)number,
                Body = request.Http.Request.BodyReader,
                Length = length,
                Declared = ObjectHeaders.ReadChecksum(request.Http.Request.Headers),
            },
            request.Aborted).ConfigureAwait(false);
        request.Response.Headers.ETag = $"\"{md5}\"";
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task CopyAsync(RequestContext request, int first)
    {
        var (bucket, name) = Destination(request);
        if (request.Http.Request.ContentLength is > 0 || request.Http.Request.Headers.TransferEncoding.Count != 0)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"a copy (\"{QueryNames.ObjectTo}\") takes no body");
        }
        var found = await objects.FindAsync(request, first, AccessPermissions.Get).ConfigureAwait(false);
        var props = await objects.FindBucketAsync(request, bucket, AccessPermissions.Put).ConfigureAwait(false);
        ObjectEndpoints.RequireNoCloud(found.Bucket, found.Props, "copying an object");
        ObjectEndpoints.RequireNoCloud(bucket, props, "a copy");
        if (await objects.SendsOnAsync(request, found).ConfigureAwait(false))
        {
            return;
        }
        await Handler.CopyAsync(
            new CopyObjectRequest
            {
                Object = found.Of(request),
                ToBucket = bucket,
                NewName = name,
                LatestVersion = request.Query.Flag(QueryNames.LatestVersion)
                    || request.Query.Flag(QueryNames.Synchronize),
            },
            request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Reads <c>provider/@uuid#ns/bucket/object</c>.</summary>
    private static (BucketName Bucket, string Name) Destination(RequestContext request)
    {
        var uname = request.Query.Get(QueryNames.ObjectTo);
        var parts = uname.Split('/', 4);
        if (parts.Length != 4 || parts[3].Length == 0 || parts[0].Length == 0 || !parts[1].StartsWith('@'))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid \"{QueryNames.ObjectTo}\"=\"{(uname.Length > 100 ? uname[..100] : uname)}\": expecting "
                    + "provider/@uuid#namespace/bucket/object");
        }
        var bucket = BucketLookup.Resolve(request, BucketName.Parse(parts[2], parts[0], parts[1]));
        ObjectName.Validate(parts[3]);
        return (bucket, parts[3]);
    }
}
