using System.IO.Enumeration;

namespace Skein.Cli.Transfers;

/// <summary>A file to be stored.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Object name.</param>
/// <param name="Size">Bytes when it was looked at.</param>
internal sealed record SourceFile(string Path, string Name, long Size);

/// <summary>Finds the files of a directory and gives each its object name.</summary>
internal static class FileCollector
{
    /// <summary>Collects files in bytewise order of their names.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="namePrefix">What object names begin with; empty or ending in a slash.</param>
    /// <param name="recursive">True to go into directories below. Links to directories are not followed.</param>
    /// <param name="skipped">Number of directories below that were not gone into.</param>
    /// <exception cref="IOException">When a directory cannot be read.</exception>
    public static IReadOnlyList<SourceFile> Collect(
        string directory, string namePrefix, bool recursive, out int skipped)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var left = 0;
        var options = new EnumerationOptions
        {
            AttributesToSkip = 0,
            RecurseSubdirectories = true,
            IgnoreInaccessible = false,
        };
        var entries = new FileSystemEnumerable<SourceFile?>(
            root, (ref FileSystemEntry entry) => ToFile(ref entry, root, namePrefix), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) =>
            {
                var follow = recursive && !IsLink(ref entry);
                left += follow ? 0 : 1;
                return follow;
            },
        };
        var files = entries.OfType<SourceFile>().OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        skipped = left;
        return files;
    }

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    private static SourceFile? ToFile(ref FileSystemEntry entry, string root, string namePrefix)
    {
        var path = entry.ToFullPath();
        var size = entry.Length;
        if (IsLink(ref entry))
        {
            if (!File.Exists(path))
            {
                return null;
            }
            size = File.ResolveLinkTarget(path, returnFinalTarget: true) is FileInfo target ? target.Length : size;
        }
        var relative = path[(root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/');
        return new SourceFile(path, namePrefix + relative, size);
    }
}
