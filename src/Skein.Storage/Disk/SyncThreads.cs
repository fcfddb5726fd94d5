using Skein.Core.Errors;

namespace Skein.Storage.Disk;

/// <summary>
/// Threads of one mountpath that wait for its device, so that the thread pool, on which elections and keepalives run,
/// never does. Started when needed, up to a limit; several at once let the file system write many flushes together.
/// </summary>
internal sealed class SyncThreads(string mountpath, int limit) : IDisposable
{
    /// <summary>Work that may wait; each request waits for one piece at a time, so this is more than enough.</summary>
    private const int QueueLimit = 65536;

    private const int StackBytes = 256 * 1024;

    private readonly Queue<Item> _queue = new();
    private readonly List<Thread> _threads = [];
    private int _idle;
    private bool _stopped;

    /// <summary>Runs the work on one of the threads.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.Busy"/> when too much waits already; with <see cref="StoreErrorCode.NotReady"/> when
    /// the mountpath was closed.
    /// </exception>
    public Task RunAsync(Action work)
    {
        var item = new Item(work);
        lock (_queue)
        {
            if (_stopped)
            {
                throw new StoreException(
                    StoreErrorCode.NotReady, $"mountpath {mountpath} was taken out of service; try again");
            }
            if (_queue.Count >= QueueLimit)
            {
                throw new StoreException(
                    StoreErrorCode.Busy, $"{QueueLimit} writes wait for mountpath {mountpath}; try again");
            }
            _queue.Enqueue(item);
            if (_idle < _queue.Count && _threads.Count < limit)
            {
                var thread = new Thread(Loop, StackBytes)
                {
                    IsBackground = true,
                    Name = $"sync {mountpath}",
                };
                _threads.Add(thread);
                thread.Start();
            }
            Monitor.Pulse(_queue);
        }
        return item.Task;
    }

    /// <summary>Finishes what waits, then ends the threads.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _stopped = true;
            Monitor.PulseAll(_queue);
        }
        _threads.ForEach(t => t.Join());
    }

    private void Loop()
    {
        while (true)
        {
            Item item;
            lock (_queue)
            {
                _idle++;
                while (_queue.Count == 0 && !_stopped)
                {
                    Monitor.Wait(_queue);
                }
                _idle--;
                if (_queue.Count == 0)
                {
                    return;
                }
                item = _queue.Dequeue();
            }
            item.Run();
        }
    }

    private sealed class Item(Action work) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public void Run()
        {
            try
            {
                work();
                SetResult();
            }
            catch (Exception e)
            {
                SetException(e);
            }
        }
    }
}
