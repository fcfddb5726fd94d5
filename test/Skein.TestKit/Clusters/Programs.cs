namespace Skein.TestKit.Clusters;

/// <summary>
/// The programs that were built: those in the folder that <c>SKEIN_PROGRAMS</c> names, else whichever of the published and
/// the plain build is newer.
/// </summary>
public static class Programs
{
    /// <summary>Where programs of the system are that are not in everybody's PATH.</summary>
    private static readonly string[] SystemFolders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    private static readonly Lazy<(string Folder, bool IsPublished)> Node = new(() => Newest("Skein.Node"));
    private static readonly Lazy<(string Folder, bool IsPublished)> Cli = new(() => Newest("Skein.Cli"));

    /// <summary>Name of the variable that names a folder with both programs, such as those compiled ahead of time.</summary>
    public const string FolderVariable = "SKEIN_PROGRAMS";

    /// <summary>Path of <c>skeind</c>.</summary>
    public static string Skeind => Path.Combine(Node.Value.Folder, "skeind");

    /// <summary>Path of <c>skein</c>.</summary>
    public static string Skein => Path.Combine(Cli.Value.Folder, "skein");

    /// <summary>True when <see cref="Skeind"/> is the published program, with machine code in it.</summary>
    public static bool IsPublished => Node.Value.IsPublished;

    private static (string Folder, bool IsPublished) Newest(string project)
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given)
        {
            return (Path.GetFullPath(given), true);
        }
        var plain = RepositoryRoot.Combine($"artifacts/bin/{project}/release");
        var published = RepositoryRoot.Combine(
            project == "Skein.Node" ? "artifacts/publish/node" : "artifacts/publish/cli");
        var usePublished = Built(published, project) >= Built(plain, project);
        var folder = usePublished ? published : plain;
        return Built(folder, project) == default
            ? throw new InvalidOperationException($"Nothing was built for {project}: run ./dev build")
            : (folder, usePublished);
    }

    /// <summary>Path of a program that is installed on this machine; null when it is not.</summary>
    /// <param name="name">Its name.</param>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Concat(SystemFolders)
        .Where(folder => folder.Length != 0)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    /// <summary>When the newest of the product's assemblies was written; the beginning of time when there is none.</summary>
    private static DateTime Built(string folder, string project)
    {
        var program = Path.Combine(folder, project == "Skein.Node" ? "skeind" : "skein");
        return File.Exists(program)
            ? Directory.EnumerateFiles(folder, "*.dll")
                .Where(file => Path.GetFileName(file).StartsWith("skein", StringComparison.OrdinalIgnoreCase))
                .Max(File.GetLastWriteTimeUtc)
            : default;
    }
}
