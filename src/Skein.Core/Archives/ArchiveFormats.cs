using Skein.Core.Errors;

namespace Skein.Core.Archives;

/// <summary>Finds out which format an archive has, and what the format is called on the wire.</summary>
public static class ArchiveFormats
{
    /// <summary>Bytes from the beginning of an object that <see cref="OfMagic"/> wants to see.</summary>
    public const int MagicBytes = 512;

    private const int TarMagicOffset = 257;

    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    private static ReadOnlySpan<byte> Lz4Magic => [0x04, 0x22, 0x4d, 0x18];

    // Longer names first: ".tar.gz" contains "tar".
    private static readonly (string Extension, ArchiveFormat Format)[] Extensions =
    [
        (".tar.gz", ArchiveFormat.Tgz),
        (".tar.lz4", ArchiveFormat.TarLz4),
        (".tgz", ArchiveFormat.Tgz),
        (".tar", ArchiveFormat.Tar),
        (".zip", ArchiveFormat.Zip),
    ];

    /// <summary>The format that the extension of an object's name says; null when it says none.</summary>
    public static ArchiveFormat? OfName(string name)
    {
        foreach (var (extension, format) in Extensions)
        {
            if (name.EndsWith(extension, StringComparison.Ordinal))
            {
                return format;
            }
        }
        return null;
    }

    /// <summary>The format of a word such as <c>.tar</c>, <c>tgz</c> or <c>application/x-tar</c>.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.UnknownMime"/>.</exception>
    public static ArchiveFormat OfMime(string mime)
    {
        foreach (var (extension, format) in Extensions)
        {
            if (mime.Contains(extension[1..], StringComparison.Ordinal))
            {
                return format;
            }
        }
        var shown = mime.Length > 64 ? mime[..64] : mime;
        throw new StoreException(
            StoreErrorCode.UnknownMime,
            $"unknown mime type \"{shown}\" (expecting one of [.tar, .tgz, .tar.gz, .zip, .tar.lz4])");
    }

    /// <summary>The format that an object's first bytes show; null when they show none.</summary>
    /// <param name="head">The first <see cref="MagicBytes"/> bytes, or fewer of a shorter object.</param>
    public static ArchiveFormat? OfMagic(ReadOnlySpan<byte> head)
    {
        if (head.Length > TarMagicOffset && head[TarMagicOffset..].StartsWith("ustar"u8))
        {
            return ArchiveFormat.Tar;
        }
        return head.StartsWith(GzipMagic) ? ArchiveFormat.Tgz
            : head.StartsWith("PK"u8) ? ArchiveFormat.Zip
            : head.StartsWith(Lz4Magic) ? ArchiveFormat.TarLz4
            : null;
    }

    /// <summary>The extension with its dot.</summary>
    public static string Extension(this ArchiveFormat format) => format switch
    {
        ArchiveFormat.Tar => ".tar",
        ArchiveFormat.Tgz => ".tgz",
        ArchiveFormat.TarLz4 => ".tar.lz4",
        _ => ".zip",
    };

    /// <summary>What <c>Content-Type</c> says of it.</summary>
    public static string ContentType(this ArchiveFormat format) =>
        format == ArchiveFormat.Zip ? "application/zip" : "application/x-tar";
}
