namespace Skein.TestKit;

/// <summary>Finds the files of the repository that the tests were built from.</summary>
public static class RepositoryRoot
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder that holds <c>Skein.slnx</c>.</summary>
    public static string Path => Found.Value;

    /// <summary>A path below the root, absolute.</summary>
    /// <param name="relative">Relative to the root, with slashes.</param>
    public static string Combine(string relative) => System.IO.Path.GetFullPath(relative, Path);

    /// <summary>The path of a file below the root, with slashes, as people write it.</summary>
    public static string Relative(string absolute) => System.IO.Path.GetRelativePath(Path, absolute);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        for (; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (File.Exists(System.IO.Path.Combine(folder, "Skein.slnx")))
            {
                return folder;
            }
        }
        throw new InvalidOperationException($"No Skein.slnx above {AppContext.BaseDirectory}");
    }
}
