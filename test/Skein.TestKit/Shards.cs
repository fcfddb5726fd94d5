using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Skein.TestKit;

/// <summary>Makes and reads shards, with the libraries of .NET alone.</summary>
public static class Shards
{
    /// <summary>A TAR.</summary>
    /// <param name="files">Names and contents.</param>
    public static byte[] Tar(params IEnumerable<(string Name, string Text)> files)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
                });
            }
        }
        return bytes.ToArray();
    }

    /// <summary>The same bytes, compressed with gzip.</summary>
    public static byte[] Zipped(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(content);
        }
        return bytes.ToArray();
    }

    /// <summary>A ZIP.</summary>
    /// <param name="files">Names and contents.</param>
    public static byte[] Zip(params IEnumerable<(string Name, string Text)> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var content = zip.CreateEntry(name).Open();
                content.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return bytes.ToArray();
    }

    /// <summary>The files of a shard, in their order.</summary>
    /// <param name="extension"><c>.tar</c>, <c>.tgz</c> or <c>.zip</c>.</param>
    /// <param name="bytes">The shard.</param>
    public static List<(string Name, string Text)> Read(string extension, byte[] bytes)
    {
        using var source = new MemoryStream(bytes);
        if (extension == ".zip")
        {
            using var zip = new ZipArchive(source);
            return [.. zip.Entries.Select(entry => (entry.FullName, Text(entry.Open())))];
        }
        using var tar = new TarReader(
            extension == ".tgz" ? new GZipStream(source, CompressionMode.Decompress) : source);
        var files = new List<(string, string)>();
        while (tar.GetNextEntry() is { } entry)
        {
            files.Add((entry.Name, entry.DataStream is null ? "" : Text(entry.DataStream)));
        }
        return files;
    }

    private static string Text(Stream content)
    {
        using var reader = new StreamReader(content);
        return reader.ReadToEnd();
    }
}
