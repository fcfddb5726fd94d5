using Microsoft.Win32.SafeHandles;

namespace Skein.Target.Archives;

/// <summary>A range of an open file as a stream that can be read and sought. Does not own the file.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">First byte.</param>
/// <param name="length">Number of bytes.</param>
internal sealed class FileWindow(SafeFileHandle file, long offset, long length) : Stream
{
    private byte[]? _buffer;
    private long _bufferedAt;
    private int _buffered;
    private long _position;

    /// <summary>Bytes that may still be read from the file before <see cref="InvalidDataException"/> is thrown.</summary>
    public long Budget { get; set; } = long.MaxValue;

    /// <summary>The file.</summary>
    public SafeFileHandle File => file;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new IOException("a position before the beginning");
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, length - _position));
        if (wanted == 0)
        {
            return 0;
        }
        if (_position >= _bufferedAt && _position < _bufferedAt + _buffered)
        {
            var skipped = (int)(_position - _bufferedAt);
            var count = Math.Min(wanted, _buffered - skipped);
            _buffer.AsSpan(skipped, count).CopyTo(buffer);
            _position += count;
            return count;
        }
        if (wanted >= ArchiveLimits.BufferBytes)
        {
            var count = ReadFile(buffer[..wanted], _position);
            _position += count;
            return count;
        }
        _buffer ??= new byte[ArchiveLimits.BufferBytes];
        _buffered = 0;
        _bufferedAt = _position;
        _buffered = ReadFile(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length - _position)), _position);
        return _buffered == 0 ? 0 : Read(buffer[..wanted]);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int ReadFile(Span<byte> buffer, long position)
    {
        Budget -= buffer.Length;
        return Budget >= 0
            ? RandomAccess.Read(file, buffer, offset + position)
            : throw new InvalidDataException("its directory is larger than this node reads");
    }
}
