using System.Net;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;

namespace Skein.Target.Copies;

/// <summary>The body of a copy on its way to another target: the offer, then the bytes, a piece at a time.</summary>
internal sealed class CopyContent(byte[] offer, CopySource source) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(offer, cancellationToken).ConfigureAwait(false);
        var bytes = source.Open();
        await using (bytes.ConfigureAwait(false))
        {
            await bytes.CopyToAsync(stream, FileSlice.PieceBytes, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = offer.Length + source.Size;
        return true;
    }
}

/// <summary>The first bytes of an open file as a stream. Leaves the file open.</summary>
/// <param name="file">Open for reads at an offset.</param>
/// <param name="length">How many bytes.</param>
internal sealed class FileSlice(SafeFileHandle file, long length) : Stream
{
    /// <summary>Bytes that are read at a time.</summary>
    public const int PieceBytes = 128 << 10;

    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _position);
        if (wanted == 0)
        {
            return 0;
        }
        int read;
        try
        {
            read = RandomAccess.Read(file, buffer[..wanted], _position);
        }
        catch (IOException e)
        {
            throw new StoreException(StoreErrorCode.Internal, $"a file cannot be read: {e.Message}", e);
        }
        if (read == 0)
        {
            throw new StoreException(
                StoreErrorCode.Internal, $"a file ends at {_position} bytes, before the {length} that it had");
        }
        _position += read;
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
