using System.IO.Pipelines;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Storage.Uploads;
using Skein.Target.Copies;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Uploads;

/// <summary>
/// Appends. Each append is a piece of an upload, known by the offset of its first byte; a handle names an upload and a
/// length. The flush makes the pieces up to that length the object, on whatever target owns the name then.
/// </summary>
internal sealed class AppendObject(TargetServices services, ObjectCopier copier, RemoteParts remote)
{
    private readonly FetchNewest _fetch = new(services);

    private UploadStore Uploads => services.Store.Uploads;

    /// <summary>Stores one more piece. With the first one, an object of that name comes before it.</summary>
    public async Task<AppendHandle> AppendAsync(AppendObjectRequest request, CancellationToken cancellation)
    {
        var bucket = services.Bucket(request);
        var (upload, offset) = request.Handle is { } handle
            ? (Find(request, bucket, handle), handle.Offset)
            : await BeginAsync(request, bucket, cancellation).ConfigureAwait(false);
        using var entered = Uploads.Enter(upload.Id);
        if (upload.IsDone)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"append handle of {request.Shown} has been flushed: begin a new one");
        }
        var pieces = request.Handle?.Pieces ?? 1;
        if (pieces >= UploadStore.MaxPieces)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{request.Shown} has been appended to {pieces} times, which is the most: flush it and begin a new one");
        }
        var piece = await Uploads
            .WriteAsync(upload, offset, request.Body, request.Length, ChecksumTypes.XxHash, null, cancellation)
            .ConfigureAwait(false);
        return new AppendHandle(services.Facts.Self.Id, upload.Id, offset + piece.Size, pieces + 1);
    }

    /// <summary>Makes the pieces the object; does nothing when that has been done already.</summary>
    public async Task FlushAsync(FlushObjectRequest request, CancellationToken cancellation)
    {
        var bucket = services.Bucket(request);
        var upload = Find(request, bucket, request.Handle);
        if (upload.IsDone)
        {
            return;
        }
        using var entered = Uploads.Enter(upload.Id);
        var pieces = Chain(request, upload, request.Handle.Offset);
        var source = new CopySource(
            () => Uploads.OpenRead(upload, pieces),
            request.Handle.Offset,
            request.Declared ?? Checksum.None,
            request.Custom ?? upload.Custom);
        await copier
            .StoreAsync(source, request.Bucket, request.Props, request.Name, cancellation)
            .ConfigureAwait(false);
        await Uploads.FinishAsync(upload).ConfigureAwait(false);
    }

    private Upload Find(ObjectRequest request, BucketRef bucket, AppendHandle handle) =>
        Uploads.Find(bucket, request.Name, handle.Upload) ?? throw new StoreException(
            StoreErrorCode.NotFound,
            $"{services.Facts.Self.DisplayName}: there is no append to {request.Shown} with that handle: it was given up, or "
                + "is of another object");

    private async Task<(Upload Upload, long Offset)> BeginAsync(
        AppendObjectRequest request, BucketRef bucket, CancellationToken cancellation)
    {
        await _fetch.GuardedAsync(request, cancellation).ConfigureAwait(false);
        using var before = await remote.OpenAsync(request, latest: true, cancellation).ConfigureAwait(false);
        var upload = await Uploads
            .CreateAsync(bucket, request.Name, UploadKind.Append, before?.Attributes.Custom ?? [], cancellation)
            .ConfigureAwait(false);
        if (before is null)
        {
            return (upload, 0);
        }
        using var entered = Uploads.Enter(upload.Id);
        var size = before.Attributes.Size;
        if (size != 0)
        {
            var body = PipeReader.Create(
                new FileSlice(before.File, size), new StreamPipeReaderOptions(bufferSize: FileSlice.PieceBytes));
            var checksum = before.Attributes.Checksum.IsNone ? null : before.Attributes.Checksum;
            await Uploads
                .WriteAsync(upload, 0, body, size, ChecksumTypes.XxHash, checksum, cancellation)
                .ConfigureAwait(false);
        }
        return (upload, size);
    }

    /// <summary>The pieces from the first byte up to a length.</summary>
    /// <exception cref="StoreException">When they do not add up to it.</exception>
    private List<UploadPiece> Chain(ObjectRequest request, Upload upload, long length)
    {
        var pieces = Uploads.Pieces(upload).ToDictionary(piece => piece.Number);
        var chain = new List<UploadPiece>();
        for (var offset = 0L; offset < length;)
        {
            if (!pieces.TryGetValue(offset, out var piece) || piece.Size == 0 || offset + piece.Size > length)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"append handle of {request.Shown} is out of date: other bytes were appended in place of those that it "
                        + "stands for");
            }
            chain.Add(piece);
            offset += piece.Size;
        }
        return chain;
    }
}
