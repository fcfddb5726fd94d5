namespace Skein.Target.Remote;

/// <summary>
/// One at a time for each name: what goes to the home of a remote object and what is stored of it here change together.
/// Holds only the names that somebody waits for or has.
/// </summary>
internal sealed class NameQueue
{
    private readonly Dictionary<(ulong BucketId, string Name), Entry> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>Waits for its turn; the turn ends when the result is disposed of.</summary>
    public async Task<IDisposable> EnterAsync(ulong bucketId, string name, CancellationToken cancellation)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue((bucketId, name), out entry))
            {
                _entries[(bucketId, name)] = entry = new Entry();
            }
            entry.Users++;
        }
        try
        {
            await entry.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            Leave(bucketId, name, entry);
            throw;
        }
        return new Turn(() =>
        {
            entry.Turn.Release();
            Leave(bucketId, name, entry);
        });
    }

    /// <summary>True while somebody has a turn, or waits for one.</summary>
    public bool IsHeld(ulong bucketId, string name)
    {
        lock (_lock)
        {
            return _entries.ContainsKey((bucketId, name));
        }
    }

    private void Leave(ulong bucketId, string name, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Users == 0)
            {
                _entries.Remove((bucketId, name));
                entry.Turn.Dispose();
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Turn(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
