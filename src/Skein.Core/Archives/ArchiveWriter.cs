using System.Formats.Tar;
using System.IO.Compression;

namespace Skein.Core.Archives;

/// <summary>Writes an archive, file by file, to a stream that goes forward only.</summary>
public abstract class ArchiveWriter : IAsyncDisposable
{
    private readonly CutOff _output;

    private protected ArchiveWriter(CutOff output) => _output = output;

    /// <summary>Begins an archive.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="output">Where it goes; stays the caller's.</param>
    /// <param name="level">How hard to compress, where the format does.</param>
    public static ArchiveWriter Create(
        ArchiveFormat format, Stream output, CompressionLevel level = CompressionLevel.Fastest)
    {
        var end = new CutOff(output);
        return format == ArchiveFormat.Zip
            ? new ZipWriter(end, level)
            : new TarFileWriter(ArchiveCompression.Compress(format, end, level), end);
    }

    /// <summary>Begins a TAR, compressed or not, with entries that are there already.</summary>
    /// <param name="format">Its format, not ZIP.</param>
    /// <param name="output">Where it goes; stays the caller's.</param>
    /// <param name="begin">Writes the entries, without the end of a TAR, to the stream that it is given.</param>
    public static async Task<ArchiveWriter> ContinueAsync(ArchiveFormat format, Stream output, Func<Stream, Task> begin)
    {
        var end = new CutOff(output);
        var compressed = ArchiveCompression.Compress(format, end, CompressionLevel.Fastest);
        await begin(compressed).ConfigureAwait(false);
        return new TarFileWriter(compressed, end);
    }

    /// <summary>Adds a file.</summary>
    /// <param name="name">Its name in the archive.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="modified">When it was changed last.</param>
    /// <param name="content">Its bytes; exactly that many. Stays the caller's.</param>
    /// <param name="cancellation">Gives up; then the archive is spoilt.</param>
    /// <exception cref="IOException">When fewer bytes came.</exception>
    public abstract ValueTask WriteAsync(
        string name, long size, DateTimeOffset modified, Stream content, CancellationToken cancellation);

    /// <summary>Writes the end of the archive. Without it the archive is not complete.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        await EndAsync().ConfigureAwait(false);
        await _output.FlushAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Gives up what is not finished.</summary>
    public async ValueTask DisposeAsync()
    {
        _output.IsCut = true; // nobody shall take half of an archive for a whole one
        await EndAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the end, once.</summary>
    private protected abstract ValueTask EndAsync();
}

/// <summary>Writes a TAR, compressed or not.</summary>
internal sealed class TarFileWriter : ArchiveWriter
{
    // What the old header has room for; beyond that an extended one is needed, which costs a kibibyte.
    private const int PlainNameBytes = 100;
    private const long PlainSize = 8L << 30;
    private const int EndBytes = 1024;

    private readonly Stream _compressed;
    private readonly TarWriter _tar;
    private bool _isEmpty = true;
    private bool _ended;

    public TarFileWriter(Stream compressed, CutOff output)
        : base(output)
    {
        _compressed = compressed;
        _tar = new TarWriter(compressed, TarEntryFormat.Pax, leaveOpen: true);
    }

    public override async ValueTask WriteAsync(
        string name, long size, DateTimeOffset modified, Stream content, CancellationToken cancellation)
    {
        PosixTarEntry entry = name.Length <= PlainNameBytes && size < PlainSize && System.Text.Ascii.IsValid(name)
            ? new UstarTarEntry(TarEntryType.RegularFile, name)
            : new PaxTarEntry(TarEntryType.RegularFile, name);
        entry.ModificationTime = modified;
        _isEmpty = false;
        entry.DataStream = new MemberStream(new Borrowed(content), size);
        await _tar.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
    }

    private protected override async ValueTask EndAsync()
    {
        if (_ended)
        {
            return;
        }
        _ended = true;
        await _tar.DisposeAsync().ConfigureAwait(false);
        if (_isEmpty)
        {
            await _compressed.WriteAsync(new byte[EndBytes]).ConfigureAwait(false); // the library leaves it out
        }
        if (_compressed is not CutOff)
        {
            await _compressed.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>Writes a ZIP.</summary>
internal sealed class ZipWriter(CutOff output, CompressionLevel level) : ArchiveWriter(output)
{
    private readonly ZipArchive _zip = new(output, ZipArchiveMode.Create, leaveOpen: true);
    private bool _ended;

    public override async ValueTask WriteAsync(
        string name, long size, DateTimeOffset modified, Stream content, CancellationToken cancellation)
    {
        var entry = _zip.CreateEntry(name, level);
        entry.LastWriteTime = modified < ZipEpoch ? ZipEpoch : modified > ZipEnd ? ZipEnd : modified;
        var exact = new MemberStream(new Borrowed(content), size);
        await using (exact.ConfigureAwait(false))
        {
            var stream = await entry.OpenAsync(cancellation).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await exact.CopyToAsync(stream, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static DateTimeOffset ZipEpoch { get; } = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset ZipEnd { get; } = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    private protected override async ValueTask EndAsync()
    {
        if (!_ended)
        {
            _ended = true;
            await _zip.DisposeAsync().ConfigureAwait(false);
        }
    }
}
