using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skein.Node.Links;

/// <summary>
/// Waits until one of several sockets has something, for a thread that does only that. The sockets stay as they are:
/// nothing is read from them, and they are not made part of the event loop that other sockets share.
/// </summary>
internal sealed unsafe partial class PollSet : IDisposable
{
    private const short Readable = 1; // POLLIN
    private const int Interrupted = 4; // EINTR
    private const int WouldBlock = 11; // EAGAIN
    private const int PeekNow = 0x2 | 0x40; // MSG_PEEK | MSG_DONTWAIT
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly SafeFileHandle _wake;
    private Item[] _items = new Item[16];
    private int _count;

    /// <summary>Makes an empty set.</summary>
    /// <exception cref="Win32Exception">When the system has no descriptor left.</exception>
    public PollSet()
    {
        var descriptor = EventFd(0, CloseOnExec | NonBlocking);
        if (descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
        _wake = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Begins a new set.</summary>
    public void Clear()
    {
        _items[0] = new Item { Descriptor = (int)_wake.DangerousGetHandle(), Events = Readable };
        _count = 1;
    }

    /// <summary>Adds a socket.</summary>
    /// <param name="socket">The socket; must stay open until the wait is over.</param>
    /// <param name="readable">True to wake up for bytes; false for errors only.</param>
    /// <returns>Its index for <see cref="IsReady"/>.</returns>
    public int Add(SafeHandle socket, bool readable)
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, 2 * _count);
        }
        _items[_count] = new Item
        {
            Descriptor = (int)socket.DangerousGetHandle(),
            Events = readable ? Readable : (short)0,
        };
        return _count++;
    }

    /// <summary>Waits until a socket of the set is ready, <see cref="Wake"/> is called, or the time is over.</summary>
    /// <param name="milliseconds">Longest wait; -1 for ever.</param>
    /// <exception cref="Win32Exception">When the system refuses.</exception>
    public void Wait(int milliseconds)
    {
        fixed (Item* first = _items)
        {
            if (Poll(first, (nuint)_count, milliseconds) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                {
                    throw new Win32Exception(error);
                }
                for (var i = 0; i < _count; i++)
                {
                    _items[i].Happened = 0;
                }
            }
        }
    }

    /// <summary>True when the socket has bytes, has ended, or has failed.</summary>
    public bool IsReady(int index) => _items[index].Happened != 0;

    /// <summary>Ends a wait, from another thread; also the next one, when there is none now.</summary>
    public void Wake()
    {
        var one = 1UL;
        _ = Write(_wake, &one, sizeof(ulong));
    }

    /// <summary>Looks at the first bytes of a socket and leaves them there; does not wait.</summary>
    /// <returns>Number of bytes; 0 at the end of the stream or after an error; -1 when nothing has come yet.</returns>
    public static int Peek(SafeHandle socket, Span<byte> target)
    {
        fixed (byte* first = target)
        {
            var read = Receive(socket, first, (nuint)target.Length, PeekNow);
            return read >= 0 ? (int)read : Marshal.GetLastPInvokeError() is WouldBlock or Interrupted ? -1 : 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Item* items, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeHandle socket, byte* target, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle descriptor, void* bytes, nuint length);

    [StructLayout(LayoutKind.Sequential)]
    private struct Item
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
