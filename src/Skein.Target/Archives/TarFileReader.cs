using System.Formats.Tar;
using Skein.Core.Archives;

namespace Skein.Target.Archives;

/// <summary>Reads a TAR.</summary>
internal sealed class TarFileReader : ArchiveReader
{
    private const int BlockBytes = 512;

    private readonly TarGuard _guard;
    private readonly TarReader _reader;

    public TarFileReader(Stream tar)
    {
        _guard = new TarGuard(tar);
        _reader = new TarReader(_guard, leaveOpen: true);
    }

    /// <summary>Where the last entry so far ends, with what fills up its last block: an append goes there.</summary>
    public long End { get; private set; }

    public override async ValueTask<ArchiveMember?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await EntryAsync(cancellation).ConfigureAwait(false) is not { } entry)
            {
                return null;
            }
            // In a stream that can be sought the reader is past the bytes already.
            var offset = _guard.CanSeek ? entry.DataOffset : _guard.Position;
            var size = entry.Length;
            if (_guard.CanSeek && size > _guard.Length - offset)
            {
                throw new InvalidDataException($"\"{entry.Name}\" claims to have {size} bytes, and the archive ends before");
            }
            End = offset + ((size + BlockBytes - 1) / BlockBytes * BlockBytes);
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
            {
                return new ArchiveMember(entry.Name, size, entry.ModificationTime, offset, _ =>
                    ValueTask.FromResult<Stream>(ArchiveStreams.Exact(entry.DataStream ?? Stream.Null, size)));
            }
        }
    }

    private async ValueTask<TarEntry?> EntryAsync(CancellationToken cancellation)
    {
        _guard.ReadsHeaders = true;
        try
        {
            return await _reader.GetNextEntryAsync(copyData: false, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _guard.ReadsHeaders = false;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _guard.DisposeAsync().ConfigureAwait(false);
    }
}
