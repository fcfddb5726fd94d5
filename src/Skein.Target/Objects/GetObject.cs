using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Transfers;

namespace Skein.Target.Objects;

/// <summary>
/// Opens an object: 1. here; 2. if another target may have a newer copy, on the target with the newest one; 3. cuts the
/// range.
/// </summary>
internal sealed class GetObject(TargetServices services)
{
    /// <summary>How often a copy elsewhere may vanish or change between looking and opening.</summary>
    private const int MaxAttempts = 3;

    public async Task<ObjectContent> RunAsync(GetObjectRequest request, CancellationToken cancellation)
    {
        var handle = await services.Store
            .OpenReadAsync(services.Bucket(request), request.Name, cancellation)
            .ConfigureAwait(false);
        if (!Neighbours.MayHave(request.Call))
        {
            return handle is null
                ? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false)
                : Local(request, handle);
        }
        var used = false;
        try
        {
            var content = await NewestElsewhereAsync(request, handle?.Attributes.Stamp, cancellation).ConfigureAwait(false);
            if (content is not null)
            {
                return content;
            }
            handle = await LookAgainAsync(request, handle, cancellation).ConfigureAwait(false);
            used = handle is not null;
            return handle is null
                ? throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false)
                : Local(request, handle);
        }
        finally
        {
            if (!used)
            {
                handle?.Dispose();
            }
        }
    }

    /// <summary>Nobody else has a newer copy now: it may have come here from there meanwhile.</summary>
    private async Task<ObjectHandle?> LookAgainAsync(
        GetObjectRequest request, ObjectHandle? handle, CancellationToken cancellation)
    {
        var bucket = services.Bucket(request);
        var stat = await services.Store.StatAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
        if (stat?.Attributes.Stamp == handle?.Attributes.Stamp)
        {
            return handle;
        }
        handle?.Dispose();
        return await services.Store.OpenReadAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
    }

    /// <summary>Opens a copy on another target that is newer than what is here; null when there is none.</summary>
    private async Task<ObjectContent?> NewestElsewhereAsync(
        GetObjectRequest request, WriteStamp? here, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var copy = await services.Neighbours
                .FindAsync(request, here, toleratesSilence: false, cancellation)
                .ConfigureAwait(false);
            if (copy is null)
            {
                return null;
            }
            var content = await RemoteAsync(request, copy, cancellation).ConfigureAwait(false);
            if (content is not null)
            {
                services.Counters.Increment(NodeCounter.FromNeighbour);
                return content;
            }
        }
        throw new StoreException(StoreErrorCode.Busy, $"{request.Shown} is being changed, try again");
    }

    private FileContent Local(GetObjectRequest request, ObjectHandle handle)
    {
        try
        {
            var attributes = handle.Attributes;
            if (request.Range is not { } range)
            {
                return new FileContent(handle, services.Sender)
                {
                    Attributes = attributes,
                    Checksum = attributes.Checksum,
                    Length = attributes.Size,
                };
            }
            var (offset, length) = range.Resolve(attributes.Size);
            return new FileContent(handle, services.Sender)
            {
                Attributes = attributes,
                Checksum = request.Props.Checksum.EnableReadRange
                    ? RangeChecksum(handle, attributes.Checksum.Type, offset, length)
                    : attributes.Checksum,
                Offset = offset,
                Length = length,
                IsRange = true,
            };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private async Task<ObjectContent?> RemoteAsync(
        GetObjectRequest request, NeighbourCopy copy, CancellationToken cancellation)
    {
        var cut = request.Range?.Resolve(copy.Attributes.Size);
        var answer = await services.Neighbours.OpenAsync(copy, request, cut, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return null;
        }
        var attributes = NeighbourAnswer.Attributes(answer);
        if (attributes.Stamp != copy.Attributes.Stamp)
        {
            answer.Dispose();
            return null;
        }
        return new NeighbourContent(answer)
        {
            Attributes = copy.Attributes,
            Checksum = attributes.Checksum,
            Offset = cut?.Offset ?? 0,
            Length = cut?.Length ?? copy.Attributes.Size,
            IsRange = cut is not null,
        };
    }

    /// <summary>Checksum of a range, by reading it beforehand.</summary>
    private static Checksum RangeChecksum(ObjectHandle handle, string type, long offset, long length)
    {
        using var calculator = ChecksumCalculator.Create(type);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferedContentSender.BufferBytes);
        try
        {
            for (var position = offset; position < offset + length;)
            {
                var wanted = (int)Math.Min(buffer.Length, offset + length - position);
                var read = RandomAccess.Read(handle.File, buffer.AsSpan(0, wanted), position);
                if (read == 0)
                {
                    throw new EndOfStreamException("an object's file is shorter than its metadata says");
                }
                calculator.Append(buffer.AsSpan(0, read));
                position += read;
            }
            return calculator.Finish();
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
