using System.Buffers;
using System.Runtime.InteropServices;

namespace Skein.Transport;

/// <summary>What has been received and not been consumed, in one piece.</summary>
internal sealed class ReceiveBuffer
{
    private readonly Piece _piece = new();
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _examined;

    /// <summary>Number of bytes that are not consumed.</summary>
    public int Length => _end - _start;

    /// <summary>True when there are bytes that nobody has looked at.</summary>
    public bool HasNew => _end > _examined;

    /// <summary>True when the last look has taken everything that had come.</summary>
    public bool IsDrained { get; set; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Length);

    /// <summary>The bytes, as readers of pipes see them.</summary>
    public ReadOnlySequence<byte> Sequence()
    {
        if (Length == 0)
        {
            return ReadOnlySequence<byte>.Empty;
        }
        _piece.Set(_bytes.AsMemory(0, _end));
        return new ReadOnlySequence<byte>(_piece, _start, _piece, _end);
    }

    /// <summary>Takes note of how far a reader has come.</summary>
    public void Advance(SequencePosition consumed, SequencePosition examined)
    {
        if (Length == 0)
        {
            return;
        }
        var start = consumed.GetInteger();
        var seen = Math.Max(start, examined.GetInteger());
        if (start < _start || seen > _end)
        {
            throw new ArgumentOutOfRangeException(nameof(consumed), "the position is not in what was read");
        }
        _start = start;
        _examined = seen;
        Reuse();
    }

    /// <summary>Consumes bytes from the beginning.</summary>
    public void Consume(int bytes)
    {
        _start += bytes;
        _examined = _start;
        Reuse();
    }

    /// <summary>Receives what there is, up to the room in the buffer; makes room first.</summary>
    /// <returns>
    /// Number of bytes; 0 at the end; -1 when there is nothing now; -2 when the connection is broken, or more than
    /// <see cref="TransportLimits.MaxReceived"/> bytes would wait to be consumed.
    /// </returns>
    public unsafe int Receive(SafeHandle socket)
    {
        if (!MakeRoom())
        {
            return -2;
        }
        while (true)
        {
            nint count;
            fixed (byte* start = _bytes)
            {
                count = SystemCalls.Receive(socket, start + _end, _bytes.Length - _end, SystemCalls.DontWait);
            }
            if (count >= 0)
            {
                IsDrained = count > 0 && count < _bytes.Length - _end;
                _end += (int)count;
                return (int)count;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case SystemCalls.Interrupted:
                    continue;
                case SystemCalls.WouldBlock:
                    return -1;
                default:
                    return -2;
            }
        }
    }

    /// <summary>Gives the memory back when it holds nothing.</summary>
    public void ReleaseIfEmpty()
    {
        if (Length == 0)
        {
            Release();
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_bytes.Length != 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
        _bytes = [];
        _piece.Set(default);
        _start = 0;
        _end = 0;
        _examined = 0;
    }

    private void Reuse()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
            _examined = 0;
        }
    }

    private bool MakeRoom()
    {
        if (_end < _bytes.Length && _bytes.Length - _end >= _bytes.Length / 4)
        {
            return true;
        }
        if (Length <= _bytes.Length / 2 && _bytes.Length != 0)
        {
            _bytes.AsSpan(_start, Length).CopyTo(_bytes);
        }
        else
        {
            var size = Math.Max(TransportLimits.ReceiveBytes, 2 * _bytes.Length);
            if (size > TransportLimits.MaxReceived)
            {
                return false;
            }
            var larger = ArrayPool<byte>.Shared.Rent(size);
            _bytes.AsSpan(_start, Length).CopyTo(larger);
            if (_bytes.Length != 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }
            _bytes = larger;
        }
        _examined -= _start;
        _end -= _start;
        _start = 0;
        return true;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> bytes) => Memory = bytes;
    }
}
