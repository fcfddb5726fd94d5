namespace Skein.Core.Archives;

/// <summary>
/// Gives exactly as many bytes as were announced: an archive that says one size and holds another is found out here. It
/// says its length and position, as a TAR writer wants to know, but goes forward only.
/// </summary>
/// <param name="inner">The bytes; disposed of with the stream.</param>
/// <param name="length">Number of bytes announced.</param>
internal sealed class MemberStream(Stream inner, long length) : Stream
{
    private long _position;
    private bool _ended;

    /// <summary>Number of bytes.</summary>
    public override long Length => length;

    public override bool CanRead => true;

    /// <summary>Needed for <see cref="Length"/> to be asked for; seeking itself is refused.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Position
    {
        get => _position;
        set
        {
            if (value != _position)
            {
                throw new NotSupportedException();
            }
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == length)
        {
            CheckEnd(_ended ? 0 : inner.Read(stackalloc byte[1]));
            return 0;
        }
        return buffer.IsEmpty ? 0 : Took(inner.Read(buffer[..(int)Math.Min(buffer.Length, length - _position)]));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == length)
        {
            CheckEnd(_ended ? 0 : await inner.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false));
            return 0;
        }
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - _position)];
        return wanted.IsEmpty ? 0 : Took(await inner.ReadAsync(wanted, cancellationToken).ConfigureAwait(false));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

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

    private int Took(int count)
    {
        _position += count;
        return count > 0
            ? count
            : throw new EndOfStreamException($"{_position} bytes came, {length} were announced");
    }

    private void CheckEnd(int more)
    {
        _ended = true;
        if (more != 0)
        {
            throw new InvalidDataException($"more than the announced {length} bytes came");
        }
    }
}
