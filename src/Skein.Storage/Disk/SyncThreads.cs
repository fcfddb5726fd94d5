using Skein.Core.Errors;

namespace Skein.Storage.Disk;

/// <summary>
/// Threads of one mountpath that wait for its device, so that the thread pool, on which elections and keepalives run,
/// never does. Started when needed; several at once let the file system write many flushes together, and how many suits the
/// device is found out (<see cref="SyncConcurrency"/>).
/// </summary>
/// <param name="mountpath">Named in errors.</param>
/// <param name="limit">Most threads.</param>
/// <param name="time">Clock.</param>
internal sealed class SyncThreads(string mountpath, int limit, TimeProvider time) : IDisposable
{
    /// <summary>Work that may wait; each request waits for one piece at a time, so this is more than enough.</summary>
    private const int QueueLimit = 65536;

    private const int StackBytes = 256 * 1024;

    /// <summary>Fewest threads that the device is given, where that many are allowed at all.</summary>
    private const int LeastConcurrency = 4;

    private readonly Queue<Item> _queue = new();
    private readonly List<Thread> _threads = [];
    private readonly SyncConcurrency _concurrency = new(Math.Min(LeastConcurrency, limit), limit, time);
    private int _running;
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
            if (_threads.Count < Math.Min(_running + _queue.Count, _concurrency.Limit))
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
        for (var item = Next(hasFinished: false); item is not null; item = Next(hasFinished: true))
        {
            item.Run();
        }
    }

    /// <summary>Waits for work that may run now; null when there will be none.</summary>
    private Item? Next(bool hasFinished)
    {
        lock (_queue)
        {
            if (hasFinished)
            {
                _running--;
                var before = _concurrency.Limit;
                _concurrency.Finished(othersWait: _queue.Count != 0);
                if (_concurrency.Limit > before)
                {
                    Monitor.PulseAll(_queue);
                }
            }
            while (_queue.Count == 0 ? !_stopped : _running >= _concurrency.Limit)
            {
                Monitor.Wait(_queue);
            }
            if (_queue.Count == 0)
            {
                Monitor.PulseAll(_queue); // those that waited for their turn end, too
                return null;
            }
            _running++;
            return _queue.Dequeue();
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
