using System.IO.Compression;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;

namespace Skein.Core.Archives;

/// <summary>What lies between the bytes of an archive and the TAR inside.</summary>
public static class ArchiveCompression
{
    /// <summary>Compresses a TAR on its way to a stream, which stays the caller's.</summary>
    /// <param name="format">The format; of one that compresses nothing the stream itself is returned.</param>
    /// <param name="output">Where the compressed bytes go.</param>
    /// <param name="level">How hard to compress, where the format has levels.</param>
    public static Stream Compress(ArchiveFormat format, Stream output, CompressionLevel level) => format switch
    {
        ArchiveFormat.Tgz => new GZipStream(output, level, leaveOpen: true),
        ArchiveFormat.TarLz4 => LZ4Stream.Encode(output, LZ4Level.L00_FAST, leaveOpen: true),
        _ => output,
    };

    /// <summary>The TAR inside a compressed one; disposes of the source with itself.</summary>
    /// <exception cref="ArgumentException">When there is no TAR inside.</exception>
    public static Stream Decompress(ArchiveFormat format, Stream source) => format switch
    {
        ArchiveFormat.Tar => source,
        ArchiveFormat.Tgz => new GZipStream(source, CompressionMode.Decompress),
        ArchiveFormat.TarLz4 => LZ4Stream.Decode(source),
        _ => throw new ArgumentException($"{format} is no TAR"),
    };
}
