using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Placement;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.Storage.Reads;

/// <summary>
/// Keeps files of objects open between reads, with their metadata. Thread-safe; looking takes no lock.
/// </summary>
/// <remarks>
/// What is kept is never older than what a read of the disk would find:
/// 1. a change of a name forgets its file before it touches the disk, and no file of that name is kept until it is over;
/// 2. a file that was opened while its name was changed is given to its reader, but not kept;
/// 3. buckets that are removed and changes of the mountpaths forget everything;
/// 4. and whatever else happens to a file is seen by its <see cref="FileMark"/>, which is compared for every read.
/// </remarks>
public sealed class OpenFiles : IDisposable
{
    /// <summary>A file that has not been read for so long, or twice as long, is closed.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);

    private const int Stripes = 1024;

    private readonly StoreCore _core;
    private readonly ConcurrentDictionary<(ulong BucketId, ulong Digest), OpenFile> _files = new();
    private readonly Stripe[] _stripes = new Stripe[Stripes];
    private readonly Queue<OpenFile> _clock = new();
    private readonly Lock _clockGate = new();
    private ITimer? _sweeper;
    private long _generation;
    private int _limit;
    private int _count;

    internal OpenFiles(StoreCore core)
    {
        _core = core;
        for (var i = 0; i < Stripes; i++)
        {
            _stripes[i] = new Stripe();
        }
    }

    /// <summary>Files that are kept open now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The open files of a store. None are kept before <see cref="Keep"/>.</summary>
    public static OpenFiles Of(ObjectStore store) => store.Core.Files;

    /// <summary>Begins to keep files.</summary>
    /// <param name="limit">At most so many, and at most a quarter of what the process may open; 0 for none.</param>
    /// <param name="time">Clock by which unused ones are closed.</param>
    public void Keep(int limit, TimeProvider time)
    {
        _limit = Math.Min(limit, OpenFileLimit() / 4);
        _sweeper ??= _limit == 0 ? null : time.CreateTimer(static self => ((OpenFiles)self!).Sweep(), this, IdleTime, IdleTime);
    }

    /// <summary>The object, if its file is kept and is what the disk has; null otherwise. Release it after use.</summary>
    /// <remarks>Asks the kernel about the open file, and never waits for a disk.</remarks>
    public OpenFile? Find(BucketRef bucket, string name) =>
        Find((bucket.Id, HrwDigest.OfObject(bucket.Uname, name)), name);

    /// <summary>
    /// As the other one, and opens the object if memory holds what is needed for that; null otherwise.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">The object.</param>
    /// <param name="isInMemory">Says whether memory holds the beginning of a file.</param>
    public OpenFile? Find(BucketRef bucket, string name, Func<SafeFileHandle, bool> isInMemory)
    {
        var key = (bucket.Id, Digest: HrwDigest.OfObject(bucket.Uname, name));
        try
        {
            return Find(key, name) ?? Open(bucket, name, key, isInMemory);
        }
        catch (StoreException)
        {
            return null; // whoever opens it for good meets it again
        }
    }

    /// <summary>Opens the object, or finds it open; null when there is none. Release it after use.</summary>
    /// <exception cref="StoreException">As <see cref="ObjectStore.OpenReadAsync"/>.</exception>
    public OpenFile? Open(BucketRef bucket, string name)
    {
        var key = (bucket.Id, Digest: HrwDigest.OfObject(bucket.Uname, name));
        return Find(key, name) ?? Open(bucket, name, key, null);
    }

    /// <summary>
    /// A change of a name begins: its file is forgotten now, and none is kept until the result is disposed of. To be called
    /// before the disk is touched.
    /// </summary>
    internal Change Begin(BucketRef bucket, string name)
    {
        var key = (bucket.Id, Digest: HrwDigest.OfObject(bucket.Uname, name));
        var stripe = StripeOf(key.Digest);
        stripe.Begin();
        Forget(key);
        return new Change(stripe);
    }

    /// <summary>Forgets all files: at once for readers, whatever they are about to keep.</summary>
    internal void ForgetAll()
    {
        Interlocked.Increment(ref _generation);
        foreach (var key in _files.Keys)
        {
            Forget(key);
        }
    }

    /// <summary>Closes what nobody reads.</summary>
    public void Dispose()
    {
        _limit = 0;
        _sweeper?.Dispose();
        ForgetAll();
    }

    /// <summary>Closes what has not been read since the last sweep.</summary>
    internal void Sweep()
    {
        foreach (var (key, file) in _files)
        {
            if (!file.IsUsed)
            {
                Forget(key);
            }
            file.IsUsed = false;
        }
        lock (_clockGate)
        {
            for (var left = _clock.Count; left > 0; left--)
            {
                var file = _clock.Dequeue();
                if (!file.IsForgotten)
                {
                    _clock.Enqueue(file);
                }
            }
        }
    }

    private static int OpenFileLimit() =>
        LibC.ResourceLimit(LibC.OpenFilesLimit, out var limit) == 0 ? (int)Math.Min(limit.Soft, int.MaxValue) : 1024;

    private Stripe StripeOf(ulong digest) => _stripes[digest % Stripes];

    private OpenFile? Find((ulong BucketId, ulong Digest) key, string name)
    {
        if (!_files.TryGetValue(key, out var file) || file.Name != name
            || file.Generation != Volatile.Read(ref _generation) || file.View != _core.Mountpaths.View
            || !file.TryHold())
        {
            return null;
        }
        if (FileMark.Of(file.File) is { } mark && mark == file.Mark)
        {
            file.IsUsed = true;
            return file;
        }
        Forget(key);
        file.Release();
        return null;
    }

    private OpenFile? Open(
        BucketRef bucket, string name, (ulong BucketId, ulong Digest) key, Func<SafeFileHandle, bool>? isInMemory)
    {
        var stripe = StripeOf(key.Digest);
        var changes = stripe.Changes;
        var generation = Volatile.Read(ref _generation);
        var view = _core.Mountpaths.View;
        var found = isInMemory is null
            ? _core.Look(bucket, name, key.Digest)?.Object
            : _core.LookInMemory(view, bucket, name, key.Digest, isInMemory);
        if (found is null)
        {
            return null;
        }
        var mark = _limit == 0 || !view.IsSettled ? null : FileMark.Of(found.File);
        var file = new OpenFile(key, name, found.File, found.Header.Attributes, view)
        {
            Mark = mark ?? default,
            Generation = generation,
        };
        if (mark is not null && mark.Value.Size == found.Header.Attributes.Size && stripe.TryKeep(changes, this, file))
        {
            Shrink(file);
        }
        return file;
    }

    private void Forget((ulong BucketId, ulong Digest) key)
    {
        if (_files.TryRemove(key, out var file))
        {
            Interlocked.Decrement(ref _count);
            file.IsForgotten = true;
            file.Release();
        }
    }

    /// <summary>Keeps the number below the limit: of what was kept first, what was not read lately goes.</summary>
    private void Shrink(OpenFile added)
    {
        lock (_clockGate)
        {
            _clock.Enqueue(added);
            while (_clock.Count > 0 && (Count > _limit || _clock.Count > 2 * _limit))
            {
                var oldest = _clock.Dequeue();
                if (oldest.IsForgotten)
                {
                    continue;
                }
                if (oldest.IsUsed)
                {
                    oldest.IsUsed = false;
                    _clock.Enqueue(oldest);
                    continue;
                }
                Forget(oldest.Key);
            }
        }
    }

    /// <summary>A change of a name that is under way.</summary>
    internal readonly struct Change(Stripe stripe) : IDisposable
    {
        public void Dispose() => stripe.End();
    }

    /// <summary>What is known of changes of the names that share it.</summary>
    internal sealed class Stripe
    {
        private readonly Lock _gate = new();
        private long _changes;
        private int _active;

        /// <summary>Counts changes; negative while one is under way.</summary>
        public long Changes
        {
            get
            {
                lock (_gate)
                {
                    return _active == 0 ? _changes : -1;
                }
            }
        }

        public void Begin()
        {
            lock (_gate)
            {
                _active++;
                _changes++;
            }
        }

        public void End()
        {
            lock (_gate)
            {
                _active--;
            }
        }

        /// <summary>Keeps the file, if no name of the stripe has been changed since <see cref="Changes"/> was read.</summary>
        public bool TryKeep(long changes, OpenFiles files, OpenFile file)
        {
            lock (_gate)
            {
                if (changes < 0 || _active != 0 || _changes != changes
                    || file.Generation != Volatile.Read(ref files._generation) || !file.TryHold())
                {
                    return false;
                }
                if (files._files.TryAdd(file.Key, file))
                {
                    Interlocked.Increment(ref files._count);
                    return true;
                }
                file.Release();
                return false;
            }
        }
    }
}
