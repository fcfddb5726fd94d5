namespace Skein.Cli.Playground;

/// <summary>Finds the node's executable.</summary>
internal static class SkeindLocator
{
    /// <summary>Environment variable that names the executable.</summary>
    public const string Variable = "SKEIND";

    private const string Name = "skeind";

    /// <summary>
    /// Finds the executable: as told, by <see cref="Variable"/>, beside this executable (links resolved or not), or in
    /// the build's output folder beside this one's.
    /// </summary>
    /// <param name="told">Path given on the command line; null when none was.</param>
    /// <param name="variables">Environment variables.</param>
    /// <param name="ownPath">Path of the running executable; null when unknown.</param>
    /// <exception cref="PlaygroundException">When it is nowhere.</exception>
    public static string Find(string? told, Func<string, string?> variables, string? ownPath)
    {
        if (told is not null)
        {
            return Explicit(told, "--skeind");
        }
        if (variables(Variable) is { Length: > 0 } named)
        {
            return Explicit(named, "the environment variable " + Variable);
        }
        var candidates = Candidates(ownPath).ToList();
        return candidates.FirstOrDefault(File.Exists) is { } found
            ? Resolve(found)
            : throw new PlaygroundException(
                "the node executable skeind was not found (looked at " + string.Join(", ", candidates) + ")",
                "build it with './dev build', or name it with --skeind PATH");
    }

    private static IEnumerable<string> Candidates(string? ownPath)
    {
        if (ownPath is null)
        {
            yield break;
        }
        var resolved = Resolve(ownPath);
        foreach (var path in (string[])[ownPath, resolved])
        {
            yield return Path.Combine(Path.GetDirectoryName(path)!, Name);
        }
        // artifacts/publish/cli/skein -> artifacts/publish/node/skeind
        yield return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(resolved)!, "..", "node", Name));
        // artifacts/bin/Skein.Cli/release/skein -> artifacts/bin/Skein.Node/release/skeind
        var configuration = Path.GetFileName(Path.GetDirectoryName(resolved)!);
        yield return Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(resolved)!, "..", "..", "Skein.Node", configuration, Name));
    }

    private static string Explicit(string path, string source) =>
        File.Exists(path)
            ? Resolve(Path.GetFullPath(path))
            : throw new PlaygroundException($"there is no file {path}, which {source} names");

    private static string Resolve(string path) =>
        File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
}
