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
            $"\"{name}\" is no archive by its name", "archives end in .tar, .tgz, .tar.gz, .zip or .tar.lz4");
        Directory.CreateDirectory(folder);
        try
        {
            await using var file = File.OpenRead(path);
            switch (format)
            {
                case ArchiveFormat.Zip:
                    await ZipFile.ExtractToDirectoryAsync(file, folder, overwriteFiles: true, cancellation);
                    return;
                default:
                    await using (var plain = ArchiveCompression.Decompress(format, file))
                    {
                        await TarFile.ExtractToDirectoryAsync(plain, folder, overwriteFiles: true, cancellation);
                    }
                    return;
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new CliException($"\"{name}\" cannot be unpacked: {e.Message}");
        }
    }
}
