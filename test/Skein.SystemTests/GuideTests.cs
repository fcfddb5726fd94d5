using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>
/// The commands of the guide and of the README, page by page: those in blocks of the kind <c>console</c>, after a dollar
/// sign. Each has to succeed, and what the page shows below a command has to come, where it has no digits, which differ from
/// run to run.
/// </summary>
public sealed partial class GuideTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Pages { get; } =
    [
        "README.md",
        .. Directory.EnumerateFiles(RepositoryRoot.Combine("docs"), "*.md", SearchOption.AllDirectories)
            .Where(file => Commands(file).Count != 0)
            .Select(file => Path.GetRelativePath(RepositoryRoot.Combine("."), file))
            .Order(StringComparer.Ordinal),
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThePagesHaveCommands() => Assert.True(Pages.Count >= 5);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task EveryCommandOfAPageWorks(string page)
    {
        var commands = Commands(RepositoryRoot.Combine(page));
        var script = new StringBuilder("set -u -o pipefail\n");
        foreach (var (command, _) in commands)
        {
            script.Append(command).Append("\necho \"@@ $?\"\n");
            if (command.StartsWith("skein playground up", StringComparison.Ordinal))
            {
                script.Append("AIS_ENDPOINT=$(grep -o '\"endpoint\": *\"[^\"]*\"' playground/cluster.json 2>/dev/null")
                    .Append(" | cut -d '\"' -f 4)\n");
            }
        }
        // Whatever happens, nothing stays behind.
        script.Append("for folder in */cluster.json; do skein playground down --rm --dir \"${folder%/*}\" || true; done\n");
        var file = _folder.WriteFile("commands.sh", Encoding.UTF8.GetBytes(script.ToString()));
        var run = await ProgramRun.RunAsync(
            Limit,
            "bash",
            ["-c", $"cd '{_folder.Path}' && exec bash '{file}' 2>&1"],
            ("PATH", $"{Path.GetDirectoryName(Programs.Skein)}:{Environment.GetEnvironmentVariable("PATH")}"),
            ("SKEIND", Programs.Skeind),
            ("SKEIN_PLAYGROUND", null),
            ("SKEIN_ENDPOINT", null),
            ("AIS_ENDPOINT", null));
        var outputs = End().Split(run.Output);
        var codes = End().Matches(run.Output).Select(match => int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture))
            .ToList();
        Assert.True(codes.Count == commands.Count, run.Output);
        for (var i = 0; i < commands.Count; i++)
        {
            // The code is a group of its own, so every other piece is what a command has printed.
            var output = outputs[2 * i];
            Assert.True(codes[i] == 0, $"$ {commands[i].Command}\n{output}\nexit code {codes[i]}");
            foreach (var line in commands[i].Shown.Where(line => !line.Any(char.IsAsciiDigit)))
            {
                Assert.Contains(Plain(line), Plain(output), StringComparison.Ordinal);
            }
        }
    }

    private static string Plain(string text) => Spaces().Replace(text, " ").Trim();

    private static List<(string Command, List<string> Shown)> Commands(string file)
    {
        var found = new List<(string Command, List<string> Shown)>();
        var inside = false;
        foreach (var line in File.ReadLines(file))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = line == "```console";
            }
            else if (inside && line.StartsWith("$ ", StringComparison.Ordinal))
            {
                found.Add((line[2..], []));
            }
            else if (inside)
            {
                found[^1].Shown.Add(line);
            }
        }
        return found;
    }

    [GeneratedRegex(@"(?m)^@@ (?<code>\d+)\n")]
    private static partial Regex End();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
