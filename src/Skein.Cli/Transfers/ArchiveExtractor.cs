using System.Formats.Tar;
using System.IO.Compression;
using Skein.Core.Archives;

namespace Skein.Cli.Transfers;

/// <summary>Unpacks archives that were read from a bucket.</summary>
internal static class ArchiveExtractor
{
    /// <summary>Unpacks an archive into a folder; nothing is written outside of it.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="name">Its name, whose ending says what it is.</param>
    /// <param name="folder">The folder, which is made if need be.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CliException">When it is no archive that can be unpacked.</exception>
    public static async Task ExtractAsync(string path, string name, string folder, CancellationToken cancellation)
    {
        var format = ArchiveFormats.OfName(name) ?? throw new CliException(
            $"\"{name}\" is no archive by its name", "archives end in .tar, .tgz, .tar.gz or .zip");
        Directory.CreateDirectory(folder);
        try
        {
            await using var file = File.OpenRead(path);
            switch (format)
            {
                case ArchiveFormat.Zip:
                    await ZipFile.ExtractToDirectoryAsync(file, folder, overwriteFiles: true, cancellation);
                    return;
                case ArchiveFormat.Tar:
                    await TarFile.ExtractToDirectoryAsync(file, folder, overwriteFiles: true, cancellation);
                    return;
                case ArchiveFormat.Tgz:
                    await using (var plain = new GZipStream(file, CompressionMode.Decompress))
                    {
                        await TarFile.ExtractToDirectoryAsync(plain, folder, overwriteFiles: true, cancellation);
                    }
                    return;
                default:
                    throw new CliException($"archives as \"{name}\" cannot be unpacked here", "get it, and use lz4 and tar");
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new CliException($"\"{name}\" cannot be unpacked: {e.Message}");
        }
    }
}
