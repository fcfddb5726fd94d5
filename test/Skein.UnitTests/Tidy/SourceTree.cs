using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Skein.TestKit;

namespace Skein.UnitTests.Tidy;

/// <summary>One C# file of the repository.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Root">Its syntax.</param>
internal sealed record SourceFile(string Path, string[] Lines, SyntaxNode Root);

/// <summary>All C# files of the repository, read and parsed once.</summary>
internal static class SourceTree
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> All = new(Read);

    /// <summary>Files of src, test and bench.</summary>
    public static IReadOnlyList<SourceFile> Files => All.Value;

    /// <summary>Files of src.</summary>
    public static IEnumerable<SourceFile> Product =>
        Files.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal));

    private static List<SourceFile> Read()
    {
        var files = new List<SourceFile>();
        foreach (var folder in (string[])["src", "test", "bench"])
        {
            var paths = Directory.EnumerateFiles(RepositoryRoot.Combine(folder), "*.cs", SearchOption.AllDirectories);
            foreach (var path in paths.Order(StringComparer.Ordinal))
            {
                var text = File.ReadAllText(path);
                var tree = CSharpSyntaxTree.ParseText(text, path: path);
                files.Add(new SourceFile(RepositoryRoot.Relative(path), text.Split('\n'), tree.GetRoot()));
            }
        }
        return files;
    }
}
