using Skein.Cli.Commands;
using Skein.Core.Archives;
using Skein.Core.Buckets;

namespace Skein.Cli.Archives;

/// <summary>An archive, and perhaps a file in it, as a person typed it: <c>ais://shards/a.tar/jpg/1.jpg</c>.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Name">The object.</param>
/// <param name="Path">The file in it; empty for the archive itself.</param>
internal sealed record ArchiveName(BucketName Bucket, string Name, string Path)
{
    /// <summary>Reads a name: it ends after the first part with the ending of an archive.</summary>
    /// <returns>The archive; the name is as it was written when no part has such an ending.</returns>
    /// <exception cref="CliException">When the bucket is none.</exception>
    public static ArchiveName Parse(string text)
    {
        var bucket = BucketCommands.Parse(text, out var name);
        for (var slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            if (ArchiveFormats.OfName(name[..slash]) is not null)
            {
                return new ArchiveName(bucket, name[..slash], name[(slash + 1)..]);
            }
        }
        return new ArchiveName(bucket, name, "");
    }

    /// <summary>Reads the name of an archive that is to be written, and its format.</summary>
    /// <exception cref="CliException">When the name does not say which kind of archive it is.</exception>
    public static (ArchiveName Name, ArchiveFormat Format) ParseNew(string text)
    {
        var bucket = BucketCommands.Parse(text, out var name);
        return ArchiveFormats.OfName(name) is { } format
            ? (new ArchiveName(bucket, name, ""), format)
            : throw new CliException(
                $"\"{text}\" is no archive by its name", "names of archives end in .tar, .tgz, .tar.gz, .zip or .tar.lz4");
    }

    /// <summary>The object, as people write it.</summary>
    public override string ToString() => $"{Bucket}/{Name}";
}
