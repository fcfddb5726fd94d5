using System.IO.Compression;
using Skein.Core.Archives;
using Skein.Core.Errors;

namespace Skein.Target.Archives;

/// <summary>A file in an archive. It can be read until the reader goes on to the next one.</summary>
/// <param name="Name">Its name, exactly as it stands there.</param>
/// <param name="Size">Its size in bytes, as the archive says.</param>
/// <param name="Modified">When it was changed last.</param>
/// <param name="Offset">Where its bytes begin in the (uncompressed) TAR; null in a ZIP.</param>
/// <param name="OpenAsync">Opens its bytes; the stream insists on <paramref name="Size"/>.</param>
internal sealed record ArchiveMember(
    string Name, long Size, DateTimeOffset Modified, long? Offset, Func<CancellationToken, ValueTask<Stream>> OpenAsync);

/// <summary>Reads the files of an archive one after another, in their order there; folders and links are passed over.</summary>
internal abstract class ArchiveReader : IAsyncDisposable
{
    /// <summary>Opens an archive. A TAR may come as a stream that cannot seek; a ZIP may not.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="source">Its bytes; disposed of with the reader.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Exception">For which <see cref="IsBroken"/> is true, when the bytes are no such archive.</exception>
    public static async ValueTask<ArchiveReader> OpenAsync(
        ArchiveFormat format, Stream source, CancellationToken cancellation) => format switch
        {
            ArchiveFormat.Zip => await ZipReader.OpenAsync(source, cancellation).ConfigureAwait(false),
            _ => new TarFileReader(ArchiveCompression.Decompress(format, source)),
        };

    /// <summary>True for what the readers throw when an archive is not what it should be.</summary>
    public static bool IsBroken(Exception error) => error is InvalidDataException or EndOfStreamException
        or FormatException or OverflowException or ArgumentException or NotSupportedException or NotImplementedException
        or IndexOutOfRangeException;

    /// <summary>The error for a caller.</summary>
    /// <param name="shown">How people see the object.</param>
    /// <param name="format">The format that it was taken for.</param>
    /// <param name="error">What the reader threw.</param>
    public static StoreException Broken(string shown, ArchiveFormat format, Exception error) => new(
        StoreErrorCode.InvalidRequest, $"{shown} is not a valid {format.Extension()} archive: {error.Message}", error);

    /// <summary>The next file; null after the last.</summary>
    public abstract ValueTask<ArchiveMember?> NextAsync(CancellationToken cancellation);

    /// <summary>Closes the archive.</summary>
    public abstract ValueTask DisposeAsync();
}
