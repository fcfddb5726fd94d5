namespace Skein.Storage.Mountpaths;

/// <summary>Reads the kernel's table of mounts.</summary>
internal static class MountTable
{
    private const string Table = "/proc/self/mounts";

    /// <summary>The file system that holds the path: the mount with the longest matching folder, the last of equals.</summary>
    public static FileSystemDescription Find(string path)
    {
        var found = new FileSystemDescription("?", "?", "/");
        var length = 0;
        if (!File.Exists(Table))
        {
            return found;
        }
        foreach (var line in File.ReadLines(Table))
        {
            var fields = line.Split(' ');
            if (fields.Length < 3)
            {
                continue;
            }
            var folder = Unescape(fields[1]);
            var inside = folder == "/" || path == folder
                || path.StartsWith(folder + "/", StringComparison.Ordinal);
            if (inside && folder.Length >= length)
            {
                length = folder.Length;
                found = new FileSystemDescription(Unescape(fields[0]), fields[2], folder);
            }
        }
        return found;
    }

    private static string Unescape(string field) => !field.Contains('\\', StringComparison.Ordinal) ? field
        : field.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
