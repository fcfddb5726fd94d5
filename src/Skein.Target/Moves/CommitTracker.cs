namespace Skein.Target.Moves;

/// <summary>
/// Knows which commits are under way, and under which owners they were let in. Whoever wants to say that nothing of a name
/// can appear here any more waits until the older ones are done. Thread-safe.
/// </summary>
public sealed class CommitTracker
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, int> _running = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>
    /// A commit begins. Read the version first and look afterwards whether the name is still this target's: then either
    /// the look sees a newer document, or <see cref="DrainBelowAsync"/> of that document waits for this commit.
    /// </summary>
    /// <param name="ownersVersion">Version of the owners by the document at hand.</param>
    /// <returns>To be disposed of when the commit is done or given up.</returns>
    public IDisposable Enter(long ownersVersion)
    {
        lock (_gate)
        {
            _running[ownersVersion] = _running.GetValueOrDefault(ownersVersion) + 1;
        }
        return new Passage(this, ownersVersion);
    }

    /// <summary>Waits until no commit is under way that was let in under older owners.</summary>
    public async Task DrainBelowAsync(long ownersVersion, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_running.Count == 0 || _running.Keys.First() >= ownersVersion)
                {
                    return;
                }
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void Leave(long ownersVersion)
    {
        TaskCompletionSource? done = null;
        lock (_gate)
        {
            var left = _running[ownersVersion] - 1;
            if (left != 0)
            {
                _running[ownersVersion] = left;
                return;
            }
            _running.Remove(ownersVersion);
            (done, _changed) = (_changed, NewSignal());
        }
        done.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Passage(CommitTracker tracker, long version) : IDisposable
    {
        private CommitTracker? _tracker = tracker;

        public void Dispose() => Interlocked.Exchange(ref _tracker, null)?.Leave(version);
    }
}
