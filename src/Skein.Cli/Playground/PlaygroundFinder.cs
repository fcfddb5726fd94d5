namespace Skein.Cli.Playground;

/// <summary>Where playgrounds are looked for when none is named.</summary>
internal static class PlaygroundFinder
{
    /// <summary>Environment variable that names the folder.</summary>
    public const string Variable = "SKEIN_PLAYGROUND";

    /// <summary>The folder of playground commands that are given no <c>--dir</c>.</summary>
    public static string DefaultDirectory(CliHost host) =>
        host.Variables(Variable) is { Length: > 0 } named ? named : "playground";

    /// <summary>
    /// The endpoints of a playground that runs, all its proxies; empty when there is none. Looked at are
    /// <see cref="Variable"/>, <c>./playground</c>, the current directory itself, and <c>~/.skein/playground</c>.
    /// </summary>
    public static IReadOnlyList<string> RunningEndpoints(CliHost host)
    {
        List<string> folders = ["playground", "."];
        if (host.Variables(Variable) is { Length: > 0 } named)
        {
            folders.Insert(0, named);
        }
        if (host.Variables("HOME") is { Length: > 0 } home)
        {
            folders.Add(Path.Combine(home, ".skein", "playground"));
        }
        foreach (var files in folders.Select(folder => new PlaygroundFiles(host.FullPath(folder))))
        {
            var running = Load(files)?.Nodes.Where(
                node => node.IsProxy && NodeProcess.Inspect(node) == ProcessCondition.Running);
            if (running?.Select(node => node.PublicUrl).ToList() is { Count: > 0 } endpoints)
            {
                return endpoints;
            }
        }
        return [];
    }

    private static PlaygroundState? Load(PlaygroundFiles files)
    {
        try
        {
            return files.Load();
        }
        catch (PlaygroundException)
        {
            return null;
        }
    }
}
