using System.IO.Enumeration;
using Skein.Cli.Output;

namespace Skein.Cli.Transfers;

/// <summary>A file to be stored.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Object name.</param>
/// <param name="Size">Bytes when it was looked at.</param>
internal sealed record SourceFile(string Path, string Name, long Size);

/// <summary>The files of a directory.</summary>
/// <param name="Files">In bytewise order of their names.</param>
/// <param name="Directories">Number of directories below that were not gone into.</param>
/// <param name="Links">Number of links that were not followed: to directories, and to nowhere.</param>
internal sealed record CollectedFiles(IReadOnlyList<SourceFile> Files, int Directories, int Links);

/// <summary>Finds the files of a directory and gives each its object name.</summary>
internal static class FileCollector
{
    /// <summary>Collects files, and warns of what is left out.</summary>
    /// <param name="host">Where warnings go.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="namePrefix">What object names begin with; empty or ending in a slash.</param>
    /// <param name="recursive">True to go into directories below.</param>
    /// <returns>At least one file.</returns>
    /// <exception cref="CliException">When there is none.</exception>
    /// <exception cref="IOException">When a directory cannot be read.</exception>
    public static IReadOnlyList<SourceFile> Require(CliHost host, string directory, string namePrefix, bool recursive)
    {
        var collected = Collect(directory, namePrefix, recursive);
        if (collected.Directories != 0)
        {
            ErrorText.Warn(
                host, $"directories in {directory} are left out ({collected.Directories}); --recursive takes them in");
        }
        if (collected.Links != 0)
        {
            ErrorText.Warn(host, $"links that do not lead to a file are left out ({collected.Links})");
        }
        return collected.Files.Count != 0
            ? collected.Files
            : throw new CliException(
                $"there are no files in {directory}", recursive ? null : "--recursive goes into directories below");
    }

    /// <summary>Collects files. Links to files are followed, links to directories are not.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="namePrefix">What object names begin with; empty or ending in a slash.</param>
    /// <param name="recursive">True to go into directories below.</param>
    /// <exception cref="IOException">When a directory cannot be read.</exception>
    public static CollectedFiles Collect(string directory, string namePrefix, bool recursive)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var (directories, links) = (0, 0);
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
                directories += recursive || IsLink(ref entry) ? 0 : 1;
                return recursive && !IsLink(ref entry);
            },
        };
        var files = new List<SourceFile>();
        foreach (var file in entries)
        {
            if (file is null)
            {
                links++;
            }
            else
            {
                files.Add(file);
            }
        }
        files.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return new CollectedFiles(files, directories, links);
    }

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    // Null for a link that does not lead to a file.
    private static SourceFile? ToFile(ref FileSystemEntry entry, string root, string namePrefix)
    {
        var path = entry.ToFullPath();
        var relative = path[(root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/');
        return IsLink(ref entry)
            ? LinkedLength(path) is { } length ? new SourceFile(path, namePrefix + relative, length) : null
            : new SourceFile(path, namePrefix + relative, entry.Length);
    }

    private static long? LinkedLength(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true) is FileInfo { Exists: true } target
                ? target.Length
                : null;
        }
        catch (IOException)
        {
            return null; // a circle of links
        }
    }
}
