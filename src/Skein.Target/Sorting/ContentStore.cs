using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Storage.Objects;
using Skein.Target.Archives;

namespace Skein.Target.Sorting;

/// <summary>
/// Where the bytes of this target's records are until the sort has ended: files of plain TAR shards, which stay open, so that
/// nobody who overwrites or deletes a shard meanwhile changes what is read; and work files with what was unpacked from the
/// others. Files are known by their numbers. Nothing of it is in memory, and nothing is left on disk when it is disposed of.
/// </summary>
internal sealed class ContentStore : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<SafeFileHandle?> _files = [];
    private readonly List<IAsyncDisposable> _owners = [];
    private readonly List<Spool> _spools = [];
    private int _pinned;
    private bool _isClosed;

    /// <summary>Keeps a file open.</summary>
    /// <param name="file">The file.</param>
    /// <param name="owner">Disposed of with this, in case of success.</param>
    /// <returns>Its number; null when <see cref="SortLimits.PinnedShards"/> are open.</returns>
    public int? Pin(SafeFileHandle file, IAsyncDisposable owner)
    {
        lock (_lock)
        {
            if (_pinned == SortLimits.PinnedShards || _isClosed)
            {
                return null;
            }
            _pinned++;
            _files.Add(file);
            _owners.Add(owner);
            return _files.Count - 1;
        }
    }

    /// <summary>Adds a work file.</summary>
    /// <param name="writer">An unfinished write; becomes this one's.</param>
    public Spool Add(ObjectWriter writer)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _files.Add(null);
            var spool = new Spool(_files.Count - 1, writer);
            _spools.Add(spool);
            return spool;
        }
    }

    /// <summary>Nothing more is written: work files can be read now.</summary>
    public void Seal()
    {
        lock (_lock)
        {
            foreach (var spool in _spools)
            {
                _files[spool.Number] ??= spool.Writer.Reread();
            }
        }
    }

    /// <summary>Opens the bytes of a file.</summary>
    /// <exception cref="StoreException">When there is no such file.</exception>
    public Stream Open(SortFile file)
    {
        lock (_lock)
        {
            return !_isClosed && file.Source >= 0 && file.Source < _files.Count && file is { Offset: >= 0, Size: >= 0 }
                && _files[file.Source] is { } handle
                ? new FileWindow(handle, file.Offset, file.Size)
                : throw new StoreException(StoreErrorCode.NotFound, "the sort has no such content any more");
        }
    }

    /// <summary>Closes the files and removes the work files.</summary>
    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable[] owners;
        Spool[] spools;
        lock (_lock)
        {
            _isClosed = true;
            owners = [.. _owners];
            spools = [.. _spools];
            _owners.Clear();
            _spools.Clear();
        }
        foreach (var owner in owners)
        {
            await owner.DisposeAsync().ConfigureAwait(false);
        }
        foreach (var spool in spools)
        {
            _files[spool.Number]?.Dispose();
            await spool.Stream.DisposeAsync().ConfigureAwait(false);
            await spool.Writer.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>A work file that what is unpacked goes into, one file after another. One user at a time.</summary>
/// <param name="number">Its number.</param>
/// <param name="writer">The write.</param>
internal sealed class Spool(int number, ObjectWriter writer)
{
    /// <summary>Its number.</summary>
    public int Number => number;

    /// <summary>The write.</summary>
    public ObjectWriter Writer => writer;

    /// <summary>The same as a stream.</summary>
    public WriterStream Stream { get; } = new(writer);
}
