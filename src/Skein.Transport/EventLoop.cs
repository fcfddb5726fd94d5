using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Skein.Transport;

/// <summary>
/// A thread that waits for the events of many sockets. Each socket is registered once, and the kernel tells every change
/// once, so that serving a request takes no call for waiting.
/// </summary>
internal sealed unsafe class EventLoop : IDisposable
{
    private const ulong WakeId = 0;

    /// <summary>The kernel's structure is packed on x86-64 only.</summary>
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static readonly int EventBytes = DataOffset + sizeof(ulong);

    private readonly ConcurrentDictionary<ulong, IEventTarget> _targets = new();
    private readonly Queue<IWriteWaiter> _again = new();
    private readonly SafeFileHandle _events;
    private readonly SafeFileHandle _wake;
    private readonly Thread _thread;
    private readonly ILogger _log;
    private ulong _lastId;
    private volatile bool _isStopping;

    /// <summary>Starts the thread.</summary>
    /// <exception cref="Win32Exception">When the system has no descriptor left.</exception>
    public EventLoop(int number, ILogger log)
    {
        _log = log;
        _events = Own(SystemCalls.EventsCreate(SystemCalls.CloseOnExec));
        _wake = Own(SystemCalls.EventFd(0, SystemCalls.CloseOnExec | SystemCalls.NonBlocking));
        Register(_wake, WakeId, SystemCalls.Readable);
        _thread = new Thread(Run) { IsBackground = true, Name = $"transport-{number}" };
        _thread.Start();
    }

    /// <summary>Begins to tell a target of its socket.</summary>
    /// <returns>Id for <see cref="Remove"/>.</returns>
    /// <exception cref="Win32Exception">When the kernel refuses.</exception>
    public ulong Add(SafeHandle socket, IEventTarget target)
    {
        var id = Interlocked.Increment(ref _lastId);
        _targets[id] = target;
        try
        {
            Register(
                socket, id,
                SystemCalls.Readable | SystemCalls.Writable | SystemCalls.PeerClosed | SystemCalls.EdgeTriggered);
            return id;
        }
        catch
        {
            Remove(id);
            throw;
        }
    }

    /// <summary>Ends that. The kernel forgets a socket when it is closed.</summary>
    public void Remove(ulong id) => _targets.TryRemove(id, out _);

    /// <summary>Lets somebody go on after the others had their turn. On the event thread only.</summary>
    public void Again(IWriteWaiter waiter) => _again.Enqueue(waiter);

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        if (_isStopping)
        {
            return;
        }
        _isStopping = true;
        var one = 1UL;
        SystemCalls.Write(_wake, (byte*)&one, sizeof(ulong));
        _thread.Join(TransportLimits.Stop);
        _events.Dispose();
        _wake.Dispose();
    }

    private static SafeFileHandle Own(int descriptor) => descriptor >= 0
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Register(SafeHandle file, ulong id, uint events)
    {
        var what = stackalloc byte[EventBytes];
        *(uint*)what = events;
        Unaligned(what + DataOffset) = id;
        if (SystemCalls.EventsControl(_events, SystemCalls.EventAdd, file, what) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private static ref ulong Unaligned(byte* place) => ref *(ulong*)place;

    private void Run()
    {
        var found = (byte*)NativeMemory.Alloc((nuint)(TransportLimits.EventBatch * EventBytes));
        try
        {
            while (!_isStopping)
            {
                var count = SystemCalls.EventsWait(_events, found, TransportLimits.EventBatch, _again.Count == 0 ? -1 : 0);
                for (var i = 0; i < count && !_isStopping; i++)
                {
                    Tell(found + (i * EventBytes));
                }
                for (var left = _again.Count; left > 0 && !_isStopping; left--)
                {
                    GoOn(_again.Dequeue());
                }
            }
        }
        finally
        {
            NativeMemory.Free(found);
        }
    }

    private void GoOn(IWriteWaiter waiter)
    {
        try
        {
            waiter.OnWritable(mayBlock: false);
        }
#pragma warning disable CA1031 // the edge of a thread that serves many connections
        catch (Exception error)
#pragma warning restore CA1031
        {
            TransportLog.Failed(_log, error);
        }
    }

    private void Tell(byte* item)
    {
        if (!_targets.TryGetValue(Unaligned(item + DataOffset), out var target))
        {
            return;
        }
        var events = *(uint*)item;
        var broken = (events & (SystemCalls.Error | SystemCalls.HungUp)) != 0;
        try
        {
            target.OnEvents(
                broken || (events & (SystemCalls.Readable | SystemCalls.PeerClosed)) != 0,
                broken || (events & SystemCalls.Writable) != 0,
                broken || (events & SystemCalls.PeerClosed) != 0);
        }
#pragma warning disable CA1031 // the edge of a thread that serves many connections
        catch (Exception error)
#pragma warning restore CA1031
        {
            TransportLog.Failed(_log, error);
        }
    }
}
