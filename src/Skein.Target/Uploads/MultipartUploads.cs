using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Storage.Uploads;
using Skein.Target.Copies;
using Skein.Target.Objects;

namespace Skein.Target.Uploads;

/// <summary>
/// Multipart uploads. The target that begins one keeps the parts until it is completed, whoever owns the name by then;
/// its id says which target that is.
/// </summary>
internal sealed class MultipartUploads(TargetServices services, ObjectCopier copier)
{
    private UploadStore Uploads => services.Store.Uploads;

    /// <summary>Begins an upload; the answer is its id.</summary>
    public async Task<string> BeginAsync(BeginUploadRequest request, CancellationToken cancellation)
    {
        var upload = await Uploads
            .CreateAsync(services.Bucket(request), request.Name, UploadKind.Multipart, request.Custom, cancellation)
            .ConfigureAwait(false);
        return UploadIds.Format(upload.Id, services.Facts.Self.Id);
    }

    /// <summary>Stores a part, in place of an older one of its number; the answer is the MD5 of its bytes in hex.</summary>
    public async Task<string> PutPartAsync(PutPartRequest request, CancellationToken cancellation)
    {
        var upload = Find(request, request.UploadId);
        using var shared = Uploads.Share(upload.Id);
        ThrowIfDone(Find(request, request.UploadId), request.UploadId);
        var part = await Uploads
            .WriteAsync(upload, request.Number, request.Body, request.Length, ChecksumTypes.Md5, request.Declared, cancellation)
            .ConfigureAwait(false);
        return part.Checksum.Value;
    }

    /// <summary>The parts that are there, by number.</summary>
    public IReadOnlyList<UploadPiece> List(ObjectRequest request, string uploadId)
    {
        var upload = Find(request, uploadId);
        ThrowIfDone(upload, uploadId);
        return Uploads.Pieces(upload);
    }

    /// <summary>Makes the parts the object; does nothing when that has been done already.</summary>
    public async Task CompleteAsync(CompleteUploadRequest request, CancellationToken cancellation)
    {
        if (Find(request, request.UploadId).IsDone)
        {
            return;
        }
        var random = Find(request, request.UploadId).Id;
        using var entered = Uploads.Enter(random);
        var upload = Find(request, request.UploadId);
        if (upload.IsDone)
        {
            return;
        }
        var parts = Uploads.Pieces(upload);
        Compare(request, parts);
        var source = new CopySource(
            () => Uploads.OpenRead(upload, parts), parts.Sum(part => part.Size), Checksum.None, upload.Custom);
        await copier
            .StoreAsync(source, request.Bucket, request.Props, request.Name, cancellation)
            .ConfigureAwait(false);
        await Uploads.FinishAsync(upload).ConfigureAwait(false);
    }

    /// <summary>Gives an upload up, with all its parts.</summary>
    public async Task AbortAsync(AbortUploadRequest request, CancellationToken cancellation)
    {
        var upload = Find(request, request.UploadId);
        ThrowIfDone(upload, request.UploadId);
        using var entered = Uploads.Enter(upload.Id);
        cancellation.ThrowIfCancellationRequested();
        await Uploads.RemoveAsync(upload).ConfigureAwait(false);
    }

    /// <summary>The list must name exactly the parts that are there, 1 to n.</summary>
    private static void Compare(CompleteUploadRequest request, IReadOnlyList<UploadPiece> parts)
    {
        var listed = request.Parts;
        if (listed.Count == 0)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"upload {request.UploadId}: the list of parts is empty");
        }
        if (listed.Max(part => part.Number) > listed.Count)
        {
            throw Partial(request, parts);
        }
        for (var i = 0; i < listed.Count; i++)
        {
            var number = listed[i].Number;
            if (number != i + 1)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"upload {request.UploadId}: the parts must be 1 to {listed.Count} in this order, but entry {i + 1} is part "
                        + $"{number}");
            }
            var part = parts.FirstOrDefault(part => part.Number == number) ?? throw new StoreException(
                StoreErrorCode.InvalidRequest, $"upload {request.UploadId}: part {number} was not uploaded");
            var tag = listed[i].EntityTag.Trim('"');
            if (tag.Length != 0 && !tag.Equals(part.Checksum.Value, StringComparison.OrdinalIgnoreCase))
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"upload {request.UploadId}: part {number} has the MD5 {part.Checksum.Value}, not {tag}");
            }
        }
        if (parts.Count != listed.Count)
        {
            throw Partial(request, parts);
        }
    }

    private static StoreException Partial(CompleteUploadRequest request, IReadOnlyList<UploadPiece> parts) => new(
        StoreErrorCode.NotImplemented,
        $"upload {request.UploadId} has {parts.Count} parts, {request.Parts.Count} are listed: partial completion is not "
            + "implemented");

    private static void ThrowIfDone(Upload upload, string id)
    {
        if (upload.IsDone)
        {
            throw new StoreException(StoreErrorCode.NotFound, $"upload {id} is complete");
        }
    }

    private Upload Find(ObjectRequest request, string id)
    {
        var found = UploadIds.Parse(id) is var (random, node) && node == services.Facts.Self.Id
            ? Uploads.Find(services.Bucket(request), request.Name, random)
            : null;
        return found is null || (found.Kind != UploadKind.Multipart && !found.IsDone)
            ? throw new StoreException(
                StoreErrorCode.NotFound,
                $"{services.Facts.Self.DisplayName}: upload \"{(id.Length > 100 ? id[..100] : id)}\" of {request.Shown} does "
                    + "not exist")
            : found;
    }
}
