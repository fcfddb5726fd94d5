using System.Collections.Concurrent;

namespace Skein.Target.Moves;

/// <summary>
/// One holder per name at a time: either a copy of the object is being moved, or it is being deleted everywhere. Without
/// that a copy that is on its way would come back after a delete. Thread-safe.
/// </summary>
public sealed class NameGuards
{
    private readonly ConcurrentDictionary<(ulong BucketId, string Name), TaskCompletionSource> _held = new();

    /// <summary>Takes the name if nobody holds it; null else.</summary>
    public IDisposable? TryEnter(ulong bucketId, string name)
    {
        var key = (bucketId, name);
        var own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _held.TryAdd(key, own) ? new Holder(this, key, own) : null;
    }

    /// <summary>True while somebody holds the name.</summary>
    public bool IsHeld(ulong bucketId, string name) => _held.ContainsKey((bucketId, name));

    /// <summary>Waits for the name.</summary>
    public async ValueTask<IDisposable> EnterAsync(ulong bucketId, string name, CancellationToken cancellation)
    {
        while (true)
        {
            if (TryEnter(bucketId, name) is { } holder)
            {
                return holder;
            }
            if (_held.TryGetValue((bucketId, name), out var other))
            {
                await other.Task.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private sealed class Holder(NameGuards guards, (ulong BucketId, string Name) key, TaskCompletionSource own) : IDisposable
    {
        public void Dispose()
        {
            if (guards._held.TryRemove(KeyValuePair.Create(key, own)))
            {
                own.TrySetResult();
            }
        }
    }
}
