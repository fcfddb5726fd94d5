using System.Buffers;
using System.Runtime.InteropServices;

namespace Skein.Transport;

/// <summary>What became of sending.</summary>
internal enum SendResult
{
    /// <summary>The kernel has everything.</summary>
    Done,

    /// <summary>It takes no more now.</summary>
    WouldBlock,

    /// <summary>The connection is broken.</summary>
    Broken,

    /// <summary>It is to go on where it may wait for a disk.</summary>
    NeedsThread,

    /// <summary>Other connections are to get a turn first.</summary>
    NeedsTurn,
}

/// <summary>Bytes that are to be sent, in rented buffers; they are given back as soon as they are sent.</summary>
internal sealed class SendQueue
{
    private readonly Queue<(byte[] Bytes, int Count)> _full = new();
    private byte[]? _last;
    private int _used;
    private int _sent;

    /// <summary>Bytes that are still to be sent.</summary>
    public long Left { get; private set; }

    /// <summary>Room for more.</summary>
    /// <param name="least">Least number of bytes; 0 for any.</param>
    public Memory<byte> GetMemory(int least)
    {
        least = Math.Max(1, least);
        if (_last is not null && _last.Length - _used < least)
        {
            if (_used != 0)
            {
                _full.Enqueue((_last, _used));
            }
            else
            {
                ArrayPool<byte>.Shared.Return(_last);
            }
            _last = null;
        }
        if (_last is null)
        {
            var usual = Left == 0 ? TransportLimits.FirstSegment : TransportLimits.NextSegment;
            _last = ArrayPool<byte>.Shared.Rent(Math.Max(least, usual));
            _used = 0;
        }
        return _last.AsMemory(_used);
    }

    /// <summary>Says that bytes were written.</summary>
    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_last?.Length ?? 0) - _used);
        _used += bytes;
        Left += bytes;
    }

    /// <summary>Sends until everything is sent or the socket takes no more.</summary>
    public SendResult Send(SafeHandle socket)
    {
        while (Left != 0)
        {
            var isLast = !_full.TryPeek(out var segment);
            if (isLast)
            {
                segment = (_last!, _used);
            }
            var more = segment.Count - _sent < Left ? SystemCalls.More : 0;
            var result = Send(socket, segment.Bytes.AsSpan(_sent, segment.Count - _sent), more, out var taken);
            _sent += taken;
            Left -= taken;
            if (result != SendResult.Done)
            {
                return result;
            }
            ArrayPool<byte>.Shared.Return(segment.Bytes);
            _sent = 0;
            if (isLast)
            {
                _last = null;
            }
            else
            {
                _full.Dequeue();
            }
        }
        return SendResult.Done;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        while (_full.TryDequeue(out var segment))
        {
            ArrayPool<byte>.Shared.Return(segment.Bytes);
        }
        if (_last is not null)
        {
            ArrayPool<byte>.Shared.Return(_last);
            _last = null;
        }
        Left = 0;
        _sent = 0;
        _used = 0;
    }

    /// <summary>Sends bytes until all are sent or the socket takes no more.</summary>
    internal static unsafe SendResult Send(SafeHandle socket, ReadOnlySpan<byte> bytes, int flags, out int taken)
    {
        taken = 0;
        fixed (byte* start = bytes)
        {
            while (taken < bytes.Length)
            {
                var sent = SystemCalls.Send(
                    socket, start + taken, bytes.Length - taken, flags | SystemCalls.DontWait | SystemCalls.NoSignal);
                if (sent >= 0)
                {
                    taken += (int)sent;
                    continue;
                }
                switch (Marshal.GetLastPInvokeError())
                {
                    case SystemCalls.Interrupted:
                        continue;
                    case SystemCalls.WouldBlock:
                        return SendResult.WouldBlock;
                    default:
                        return SendResult.Broken;
                }
            }
        }
        return SendResult.Done;
    }
}
