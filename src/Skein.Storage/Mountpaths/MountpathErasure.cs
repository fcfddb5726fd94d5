namespace Skein.Storage.Mountpaths;

/// <summary>
/// Gives a mountpath up: removes what Skein keeps there, and nothing else. Not for a mountpath in use. An interrupted run
/// is finished by another one; the identity goes last.
/// </summary>
public static class MountpathErasure
{
    private const string OwnPrefix = ".skein.";

    private static readonly string[] BucketRoots = ["@ais", "@aws", "@gcp", "@azure", "@oci", "@ht"];

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
