using System.Text.RegularExpressions;
using Skein.Cli;
using Skein.Cli.Config;
using Skein.TestKit;

namespace Skein.UnitTests.Cli;

/// <summary>The command lines that the documents show are understood; those of the guide and the README are also run.</summary>
public sealed partial class DocumentedLinesTests
{
    [Fact]
    public void Command_lines_in_the_documents_are_understood()
    {
        var root = CommandLine.Create(CliHost.FromSystem());
        var wrong = new List<string>();
        var count = 0;
        foreach (var file in Documents())
        {
            foreach (var line in Lines(file))
            {
                count++;
                var words = Aliases.Split(End().Split(line)[0].Trim());
                wrong.AddRange(root.Parse([.. words.Skip(1)]).Errors.Select(error => $"{file}: {line}: {error.Message}"));
            }
        }
        Assert.True(count > 40, $"only {count} command lines were found");
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(RepositoryRoot.Combine("docs"), "*.md", SearchOption.AllDirectories)
            .Append(RepositoryRoot.Combine("README.md"));

    private static IEnumerable<string> Lines(string file)
    {
        var isInside = false;
        foreach (var line in File.ReadLines(file))
        {
            isInside ^= line.StartsWith("```", StringComparison.Ordinal);
            var command = line.StartsWith("$ ", StringComparison.Ordinal) ? line[2..] : line;
            if (isInside && Command().IsMatch(command))
            {
                yield return command;
            }
        }
    }

    [GeneratedRegex("^(skein|ais) ")]
    private static partial Regex Command();

    // A comment, or what another program or the shell does with it.
    [GeneratedRegex(@" #| \|\|? | && | [12]?>>? ?\S| < |;")]
    private static partial Regex End();
}
