using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Storage.Objects;

namespace Skein.Storage.Uploads;

/// <summary>The bytes of pieces one after another, each compared with its checksum. Opens one file at a time.</summary>
internal sealed class PieceStream(IReadOnlyList<UploadPiece> pieces, Func<UploadPiece, SafeFileHandle> open) : Stream
{
    private int _next;
    private UploadPiece? _piece;
    private SafeFileHandle? _file;
    private ChecksumCalculator? _checksum;
    private long _offset;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; } = pieces.Sum(piece => piece.Size);

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_piece is null)
            {
                if (_next == pieces.Count)
                {
                    return 0;
                }
                _piece = pieces[_next++];
                _file = open(_piece);
                _checksum = ChecksumCalculator.Create(_piece.Checksum.Type);
                _offset = 0;
            }
            var wanted = (int)Math.Min(buffer.Length, _piece.Size - _offset);
            if (wanted == 0)
            {
                End();
                continue;
            }
            var read = ReadFile(buffer[..wanted]);
            _checksum!.Append(buffer[..read]);
            _offset += read;
            return read;
        }
        return 0;
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

    protected override void Dispose(bool disposing)
    {
        Release();
        base.Dispose(disposing);
    }

    private int ReadFile(Span<byte> buffer)
    {
        int read;
        try
        {
            read = RandomAccess.Read(_file!, buffer, _offset);
        }
        catch (IOException e)
        {
            throw new StoreException(StoreErrorCode.Internal, $"a piece of an upload cannot be read: {e.Message}", e);
        }
        return read != 0 ? read : throw new StoreException(
            StoreErrorCode.Internal, $"piece {_piece!.Number} of an upload ends at {_offset} bytes, expected {_piece.Size}");
    }

    private void End()
    {
        var computed = _checksum!.Finish();
        var (number, stored) = (_piece!.Number, _piece.Checksum);
        Release();
        if (computed != stored)
        {
            throw new StoreException(
                StoreErrorCode.Internal, $"piece {number} of an upload is damaged: {stored} was stored, it is {computed} now");
        }
    }

    private void Release()
    {
        _file?.Dispose();
        _checksum?.Dispose();
        (_piece, _file, _checksum) = (null, null, null);
    }
}
