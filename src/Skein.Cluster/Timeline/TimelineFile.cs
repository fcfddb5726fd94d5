using Microsoft.Win32.SafeHandles;
using Skein.Cluster.Metadata;
using Skein.Core.Maps;

namespace Skein.Cluster.Timeline;

/// <summary>
/// The timeline of a node on its disk: the last <see cref="MaxEntries"/> document versions, in two files that are only
/// appended to. When the present file is full it becomes the old one and the old one is gone. Entries are held in memory
/// without the documents, which are read when they are asked for. Thread-safe.
/// </summary>
/// <remarks>The format is that of <see cref="TimelineRecord"/>.</remarks>
public sealed class TimelineFile : IDisposable
{
    /// <summary>Versions that are kept.</summary>
    public const int MaxEntries = 1000;

    /// <summary>Most bytes in one of the two files.</summary>
    public const long MaxFileBytes = 32L << 20;

    private readonly string _folder;
    private readonly string _present;
    private readonly string _old;
    private readonly Limits _limits;
    private readonly Lock _lock = new();
    private readonly List<Place> _entries = [];
    private SafeFileHandle? _presentHandle;
    private SafeFileHandle? _oldHandle;
    private long _length;

    private TimelineFile(string folder, Limits limits)
    {
        _folder = folder;
        _limits = limits;
        _present = Path.Combine(folder, ".skein.timeline");
        _old = _present + ".old";
    }

    /// <summary>Opens the files of a metadata folder and reads what they hold.</summary>
    /// <param name="folder">Must exist.</param>
    /// <param name="problems">What was damaged and has been dropped, for the log.</param>
    /// <exception cref="IOException">When a file cannot be read or cut.</exception>
    public static TimelineFile Open(string folder, out IReadOnlyList<string> problems) =>
        Open(folder, new Limits(MaxEntries, MaxFileBytes), out problems);

    internal static TimelineFile Open(string folder, Limits limits, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        problems = found;
        var file = new TimelineFile(folder, limits);
        try
        {
            file._oldHandle = file.Load(file._old, isOld: true, found, out _);
            file._presentHandle = file.Load(file._present, isOld: false, found, out file._length);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The entries that are kept, oldest first.</summary>
    public IReadOnlyList<TimelineEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Select(place => place.Entry)];
            }
        }
    }

    /// <summary>Adds a document; one that is not newer than the last is left out. Another cluster begins anew.</summary>
    /// <exception cref="IOException">When the disk refuses; the entry is not kept then.</exception>
    public void Append(SealedDocument document)
    {
        var entry = TimelineEntry.Of(document);
        lock (_lock)
        {
            var last = _entries.Count == 0 ? null : _entries[^1].Entry;
            if (last is not null && last.Uuid == entry.Uuid && entry.Stamp <= last.Stamp)
            {
                return;
            }
            if (last is not null && last.Uuid != entry.Uuid)
            {
                Clear();
            }
            var record = TimelineRecord.Write(entry, document.Body.Span);
            var inPresent = _entries.Count(place => !place.IsOld);
            if (_presentHandle is not null
                && (inPresent >= _limits.Entries || (inPresent > 0 && _length + record.Length > _limits.FileBytes)))
            {
                Rotate();
            }
            if (_presentHandle is null)
            {
                _presentHandle = Create();
                RandomAccess.Write(_presentHandle, TimelineRecord.FileHeader(), 0);
                _length = TimelineRecord.FileHeaderSize;
            }
            // Without a flush: a killed process loses nothing, and a loss of power the end at most.
            RandomAccess.Write(_presentHandle, record, _length);
            _entries.Add(new Place(entry, false, _length, record.Length));
            _length += record.Length;
            if (_entries.Count > _limits.Entries)
            {
                _entries.RemoveAt(0);
            }
        }
    }

    /// <summary>The document of an entry, as it was committed; null when it is not kept or cannot be read any more.</summary>
    public SealedDocument? Read(DocumentStamp stamp)
    {
        byte[] bytes;
        lock (_lock)
        {
            var place = _entries.FindLast(candidate => candidate.Entry.Stamp == stamp);
            if (place is null || (place.IsOld ? _oldHandle : _presentHandle) is not { } handle)
            {
                return null;
            }
            bytes = new byte[place.Length];
            if (!TimelineRecord.ReadFully(handle, place.Offset, bytes))
            {
                return null;
            }
        }
        return TimelineRecord.TryRead(bytes, out _, out var packed) ? TimelineRecord.Unpack(packed.Span) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _presentHandle?.Dispose();
            _oldHandle?.Dispose();
            _presentHandle = null;
            _oldHandle = null;
        }
    }

    private SafeFileHandle Create() => File.OpenHandle(
        _present, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    private void Rotate()
    {
        RandomAccess.FlushToDisk(_presentHandle!);
        _oldHandle?.Dispose();
        _oldHandle = null;
        File.Move(_present, _old, overwrite: true);
        FolderFlush.Flush(_folder);
        _entries.RemoveAll(place => place.IsOld);
        for (var i = 0; i < _entries.Count; i++)
        {
            _entries[i] = _entries[i] with { IsOld = true };
        }
        _oldHandle = _presentHandle;
        _presentHandle = null;
        _length = 0;
    }

    private void Clear()
    {
        _presentHandle?.Dispose();
        _oldHandle?.Dispose();
        _presentHandle = null;
        _oldHandle = null;
        File.Delete(_present);
        File.Delete(_old);
        _entries.Clear();
        _length = 0;
    }

    /// <summary>Reads a file; cuts off what is damaged at its end.</summary>
    private SafeFileHandle? Load(string path, bool isOld, List<string> problems, out long length)
    {
        length = 0;
        if (!File.Exists(path))
        {
            return null;
        }
        var handle = File.OpenHandle(
            path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            var size = RandomAccess.GetLength(handle);
            if (!TimelineRecord.IsFile(handle))
            {
                problems.Add($"{path} is no timeline of a format that this build reads: it is begun anew");
                handle.Dispose();
                File.Move(path, path + ".damaged", overwrite: true);
                return null;
            }
            length = TimelineRecord.FileHeaderSize;
            while (TimelineRecord.ReadAt(handle, length, size) is { } record
                && TimelineRecord.TryRead(record, out var entry, out _))
            {
                Remember(new Place(entry, isOld, length, record.Length));
                length += record.Length;
            }
            if (length < size)
            {
                problems.Add($"{path}: {size - length} bytes at the end are torn or damaged and are dropped");
                RandomAccess.SetLength(handle, length);
            }
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private void Remember(Place place)
    {
        if (_entries.Count > 0 && _entries[^1].Entry.Uuid != place.Entry.Uuid)
        {
            _entries.Clear();
        }
        _entries.Add(place);
        if (_entries.Count > _limits.Entries)
        {
            _entries.RemoveAt(0);
        }
    }

    /// <summary>Bounds of a timeline.</summary>
    /// <param name="Entries">Versions that are kept.</param>
    /// <param name="FileBytes">Most bytes in one of the two files; one entry may be larger.</param>
    internal sealed record Limits(int Entries, long FileBytes);

    private sealed record Place(TimelineEntry Entry, bool IsOld, long Offset, int Length);
}
