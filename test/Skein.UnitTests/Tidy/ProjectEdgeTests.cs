using System.Text.RegularExpressions;
using System.Xml.Linq;
using Skein.TestKit;

namespace Skein.UnitTests.Tidy;

/// <summary>The project references are those that docs/ARCHITECTURE.md draws, no more and no fewer.</summary>
public sealed partial class ProjectEdgeTests
{
    private const string Drawing = "docs/ARCHITECTURE.md";

    // Reachability that no drawing may allow: the reasons stand in docs/ARCHITECTURE.md.
    private static readonly (string From, string To)[] Forbidden =
    [
        ("Core", ProjectFile.AspNetCore),
        ("Storage", ProjectFile.AspNetCore),
        ("Storage", "Cluster"),
        ("Cluster", ProjectFile.AspNetCore),
        ("Cluster", "Storage"),
        ("Gateway", "Cluster"),
        ("Gateway", "Storage"),
        ("Proxy", "Storage"),
        ("Proxy", "Target"),
        ("Target", "Proxy"),
        ("Client", ProjectFile.AspNetCore),
        ("Cli", ProjectFile.AspNetCore),
        ("Cli", "Storage"),
        ("Cli", "Cluster"),
    ];

    [Fact]
    public void References_are_those_of_the_drawing()
    {
        var drawn = Drawn();
        var real = ProjectFile.ReadProduct()
            .SelectMany(project => project.References.Select(other => $"{project.Name} --> {other}"))
            .ToHashSet();
        Expect.Nothing(
        [
            .. real.Except(drawn).Select(edge => $"{edge}: in a project file, not drawn in {Drawing}"),
            .. drawn.Except(real).Select(edge => $"{edge}: drawn in {Drawing}, in no project file"),
        ]);
    }

    [Fact]
    public void What_must_not_be_reached_is_not_reached()
    {
        var projects = ProjectFile.ReadProduct().ToDictionary(project => project.Name);
        Expect.Nothing(Forbidden
            .Where(rule => Reaches(projects, rule.From, rule.To))
            .Select(rule => $"{rule.From} reaches {rule.To}"));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var listed = XDocument.Load(RepositoryRoot.Combine("Skein.slnx"))
            .Descendants("Project")
            .Select(element => element.Attribute("Path")!.Value)
            .ToHashSet();
        var present = ((string[])["src", "test", "bench"])
            .SelectMany(folder => Directory.EnumerateFiles(
                RepositoryRoot.Combine(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(RepositoryRoot.Relative)
            .ToHashSet();
        Assert.Equal(present.Order(), listed.Order());
    }

    private static bool Reaches(Dictionary<string, ProjectFile> projects, string from, string to) =>
        projects.TryGetValue(from, out var project)
        && project.References.Any(other => other == to || Reaches(projects, other, to));

    private static HashSet<string> Drawn()
    {
        var text = File.ReadAllText(RepositoryRoot.Combine(Drawing));
        var block = DrawingBlock().Match(text);
        Assert.True(block.Success, $"{Drawing} has no mermaid drawing");
        return [.. Edge().Matches(block.Value).Select(match => $"{match.Groups[1].Value} --> {match.Groups[2].Value}")];
    }

    [GeneratedRegex("^```mermaid\n.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex DrawingBlock();

    [GeneratedRegex(@"^\s*(\w+) --> (\w+)", RegexOptions.Multiline)]
    private static partial Regex Edge();
}
