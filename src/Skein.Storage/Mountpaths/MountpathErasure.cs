using System.Text.Json;

namespace Skein.Storage.Mountpaths;

/// <summary>
/// Gives a mountpath up: removes what Skein keeps there, and nothing else. Not for a mountpath in use. An interrupted run
/// is finished by another one; the identity goes last.
/// </summary>
public static class MountpathErasure
{
    private const string OwnPrefix = ".skein.";

    private static readonly string[] BucketRoots = ["@ais", "@aws", "@gcp", "@azure", "@oci", "@ht"];

    /// <summary>Name of the file in the metadata folder that says which mountpaths a node has.</summary>
    public const string RegistryName = MountpathRegistry.FileName;

    /// <summary>
    /// The mountpaths of a node that does not run: the configured ones and those that were added at run time, without those
    /// that were detached. Where the file about it cannot be read, the configured ones.
    /// </summary>
    /// <param name="folder">Metadata folder.</param>
    /// <param name="configured">Paths of the configuration.</param>
    public static IReadOnlyList<string> PathsOf(string folder, IEnumerable<string> configured)
    {
        var path = Path.Combine(folder, MountpathRegistry.FileName);
        try
        {
            var registry = File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryJsonContext.Default.MountpathRegistry)
                : null;
            var known = (registry?.Mountpaths ?? []).ToLookup(
                record => record.State == MountpathState.Detached, record => record.Path);
            return [.. configured.Union(known[false].Where(Path.IsPathRooted)).Except(known[true])];
        }
        catch (JsonException)
        {
            return [.. configured];
        }
    }

    /// <summary>Removes buckets, indexes, and the identity of the mountpath. One that does not exist is no error.</summary>
    /// <param name="mountpath">Absolute path; the folder itself stays.</param>
    /// <exception cref="IOException">When the disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">When the folder is not this user's.</exception>
    public static void Erase(string mountpath)
    {
        if (!Directory.Exists(mountpath))
        {
            return;
        }
        var own = new DirectoryInfo(mountpath)
            .EnumerateFileSystemInfos()
            .Where(entry => BucketRoots.Contains(entry.Name) || entry.Name.StartsWith(OwnPrefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Name == MountpathIdentity.FileName)
            .ToList();
        foreach (var entry in own)
        {
            Remove(entry);
        }
    }

    /// <summary>Depth first with an own stack: a tree may be more than a thousand folders deep.</summary>
    private static void Remove(FileSystemInfo root)
    {
        var pending = new Stack<(FileSystemInfo Entry, bool IsEmptied)>();
        pending.Push((root, false));
        while (pending.TryPop(out var next))
        {
            // A link is removed, never followed.
            if (next.IsEmptied || next.Entry is not DirectoryInfo folder
                || folder.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                next.Entry.Delete();
                continue;
            }
            pending.Push((folder, true));
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                pending.Push((entry, false));
            }
        }
    }
}
