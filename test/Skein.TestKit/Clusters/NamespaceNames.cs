using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Skein.TestKit.Clusters;

/// <summary>
/// Names of what a <see cref="NamespaceNetwork"/> puts on this machine. The id of the test's process is in each, so that
/// a later run finds and removes what a run that died has left.
/// </summary>
internal sealed partial class NamespaceNames(int processId, int number)
{
    private const int Letters = 26;

    // A link may have 15 characters: sk, 7 for the process, a letter, x, 2 for the node.
    private readonly char _letter = (char)('a' + (number % Letters));

    /// <summary>Name of the bridge.</summary>
    public string Bridge => string.Create(CultureInfo.InvariantCulture, $"sk{processId}{_letter}");

    /// <summary>Name of a node's namespace.</summary>
    public string Namespace(int node) =>
        string.Create(CultureInfo.InvariantCulture, $"{NamespacePrefix}{node}");

    /// <summary>Name of this machine's end of a node's cable.</summary>
    public string Link(int node) => string.Create(CultureInfo.InvariantCulture, $"{Bridge}x{node}");

    private string NamespacePrefix => string.Create(CultureInfo.InvariantCulture, $"skein-{processId}-{number}-");

    /// <summary>Removes the namespaces and the bridge; what is not there is no error.</summary>
    public async Task RemoveAsync(int most)
    {
        var spaces = await NamespacesAsync();
        foreach (var name in spaces.Where(name => name.StartsWith(NamespacePrefix, StringComparison.Ordinal)).Take(most))
        {
            await RemoveNamespaceAsync(name);
        }
        await IpCommand.TryAsync("link", "del", Bridge);
    }

    /// <summary>Removes what processes that no longer live have left, with the nodes that still run in it.</summary>
    public static async Task SweepAsync()
    {
        foreach (var name in await NamespacesAsync())
        {
            if (OldNamespace().Match(name) is { Success: true } match && IsGone(match))
            {
                await RemoveNamespaceAsync(name);
            }
        }
        var links = await IpCommand.TryAsync("-o", "link", "show", "type", "bridge");
        foreach (var line in links.Output.Split('\n'))
        {
            if (OldBridge().Match(line) is { Success: true } match && IsGone(match))
            {
                await IpCommand.TryAsync("link", "del", match.Groups["name"].Value);
            }
        }
    }

    private static bool IsGone(Match match) => !Directory.Exists("/proc/" + match.Groups["pid"].Value);

    private static async Task<IReadOnlyList<string>> NamespacesAsync()
    {
        var list = await IpCommand.TryAsync("netns", "list");
        return [.. list.Output.Split('\n').Select(line => line.Split(' ')[0]).Where(name => name.Length != 0)];
    }

    private static async Task RemoveNamespaceAsync(string name)
    {
        var pids = await IpCommand.TryAsync("netns", "pids", name);
        foreach (var text in pids.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                using var process = Process.GetProcessById(int.Parse(text, CultureInfo.InvariantCulture));
                process.Kill();
            }
            catch (ArgumentException)
            {
                // It has ended by itself.
            }
        }
        await IpCommand.TryAsync("netns", "del", name);
    }

    [GeneratedRegex(@"^skein-(?<pid>\d+)-\d+-\d+$", RegexOptions.ExplicitCapture)]
    private static partial Regex OldNamespace();

    [GeneratedRegex(@"^\d+: (?<name>sk(?<pid>\d+)[a-z]):", RegexOptions.ExplicitCapture)]
    private static partial Regex OldBridge();
}
