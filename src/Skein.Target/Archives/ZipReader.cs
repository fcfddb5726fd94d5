using System.IO.Compression;
using Skein.Core.Archives;
using Skein.Core.Errors;

namespace Skein.Target.Archives;

/// <summary>Reads a ZIP by its directory.</summary>
internal sealed class ZipReader : ArchiveReader
{
    private readonly ZipArchive _zip;
    private readonly Stream _source;
    private readonly IReadOnlyList<ZipArchiveEntry> _entries;
    private int _next;

    private ZipReader(ZipArchive zip, Stream source)
    {
        (_zip, _source) = (zip, source);
        _entries = zip.Entries;
    }

    public static async ValueTask<ZipReader> OpenAsync(Stream source, CancellationToken cancellation)
    {
        var window = source as FileWindow;
        if (window is not null)
        {
            window.Budget = ArchiveLimits.MaxZipDirectory;
        }
        var zip = await ZipArchive.CreateAsync(source, ZipArchiveMode.Read, leaveOpen: true, null, cancellation)
            .ConfigureAwait(false);
        var reader = new ZipReader(zip, source);
        if (window is not null)
        {
            window.Budget = long.MaxValue;
        }
        return reader;
    }

    public override ValueTask<ArchiveMember?> NextAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (_next < _entries.Count)
        {
            var entry = _entries[_next++];
            if (!entry.FullName.EndsWith('/'))
            {
                return ValueTask.FromResult<ArchiveMember?>(new ArchiveMember(
                    entry.FullName, entry.Length, entry.LastWriteTime, null, token => OpenAsync(entry, token)));
            }
        }
        return ValueTask.FromResult<ArchiveMember?>(null);
    }

    public override async ValueTask DisposeAsync()
    {
        await _zip.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    private static async ValueTask<Stream> OpenAsync(ZipArchiveEntry entry, CancellationToken cancellation) =>
        entry.IsEncrypted
            ? throw new StoreException(
                StoreErrorCode.Unsupported, $"\"{entry.FullName}\" is encrypted - operation not supported")
            : ArchiveStreams.Exact(await entry.OpenAsync(cancellation).ConfigureAwait(false), entry.Length);
}
