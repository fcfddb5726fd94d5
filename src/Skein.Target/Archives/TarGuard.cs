using System.Buffers.Binary;
using System.Formats.Tar;

namespace Skein.Target.Archives;

/// <summary>
/// Stands between a TAR reader and its stream, counts the bytes, and looks at headers before the reader does: it would make
/// room for an extended header of any size that one claims to have.
/// </summary>
/// <param name="inner">The TAR; disposed of with the guard.</param>
internal sealed class TarGuard(Stream inner) : Stream
{
    private const int BlockBytes = 512;
    private const int SizeOffset = 124;
    private const int SizeBytes = 12;
    private const int TypeOffset = 156;

    private long _position;

    /// <summary>True while the reader reads headers.</summary>
    public bool ReadsHeaders { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    /// <summary>Bytes from the beginning of the TAR.</summary>
    public override long Position
    {
        get => _position;
        set => _position = inner.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        if (ReadsHeaders && buffer.Length == BlockBytes)
        {
            var block = inner.ReadAtLeast(buffer, BlockBytes, throwOnEndOfStream: false);
            return Header(buffer[..block]);
        }
        var read = inner.Read(buffer);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ReadsHeaders && buffer.Length == BlockBytes)
        {
            var block = await inner.ReadAtLeastAsync(buffer, BlockBytes, throwOnEndOfStream: false, cancellationToken)
                .ConfigureAwait(false);
            return Header(buffer.Span[..block]);
        }
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => _position = inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Header(ReadOnlySpan<byte> block)
    {
        _position += block.Length;
        if (block.Length == BlockBytes && IsMetadata((TarEntryType)block[TypeOffset])
            && Number(block.Slice(SizeOffset, SizeBytes)) > ArchiveLimits.MaxTarMetadata)
        {
            throw new InvalidDataException($"an extended header is larger than {ArchiveLimits.MaxTarMetadata} bytes");
        }
        return block.Length;
    }

    private static bool IsMetadata(TarEntryType type) => type is TarEntryType.ExtendedAttributes
        or TarEntryType.GlobalExtendedAttributes or TarEntryType.LongPath or TarEntryType.LongLink;

    /// <summary>A number in octal, or in base 256 where the first bit is set; the greatest for what is neither.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return field[1..4].ContainsAnyExcept((byte)0) || field[0] != 0x80
                ? long.MaxValue
                : BinaryPrimitives.ReadInt64BigEndian(field[4..]) is var number and >= 0 ? number : long.MaxValue;
        }
        var value = 0L;
        foreach (var digit in field.Trim((byte)' ').TrimEnd((byte)0).Trim((byte)' '))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return long.MaxValue;
            }
            value = (value * 8) + digit - '0';
        }
        return value;
    }
}
