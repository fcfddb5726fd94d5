namespace Skein.Cli.Transfers;

/// <summary>Decides where on this machine an object is written to.</summary>
internal static class DownloadPath
{
    /// <summary>The file below a directory that stands for an object.</summary>
    /// <param name="directory">The directory, absolute.</param>
    /// <param name="name">Object name.</param>
    /// <exception cref="CliException">
    /// When the name would lead out of the directory, or is not the plain name of a file (a doubled slash, a dot as an
    /// element), so that two objects could meet in one file.
    /// </exception>
    public static string Below(string directory, string name)
    {
        var root = Path.TrimEndingDirectorySeparator(directory);
        var path = name.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(Path.Combine(root, name));
        var start = root.EndsWith('/') ? root : root + "/";
        return path.Length == start.Length + name.Length && path.StartsWith(start, StringComparison.Ordinal)
            && path.EndsWith(name, StringComparison.Ordinal)
            ? path
            : throw new CliException($"the name cannot be a file below {directory}");
    }

    /// <summary>The file for a single object.</summary>
    /// <param name="output">What the person typed, absolute; an existing directory means a file in it.</param>
    /// <param name="name">Object name.</param>
    public static string Single(string output, string name) => Directory.Exists(output)
        ? Below(output, name[(name.LastIndexOf('/') + 1)..])
        : output;
}
