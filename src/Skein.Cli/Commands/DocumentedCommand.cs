using System.CommandLine;

namespace Skein.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">Name.</param>
/// <param name="description">What it does, one sentence.</param>
/// <param name="examples">Command lines, each followed by "  # what it does" where that is not plain.</param>
internal sealed class DocumentedCommand(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, description)
{
    /// <summary>The examples.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
