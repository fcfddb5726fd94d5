using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Skein.UnitTests.Tidy;

/// <summary>The limits of docs/STYLE.md on how large things may grow.</summary>
public sealed class SizeTests
{
    private const int FileLines = 500;
    private const int MethodLines = 70;
    private const int Columns = 130; // aim for 120; no line has to be broken for one word
    private const int FolderFiles = 32;
    private const int ConstructorParameters = 7;

    [Fact]
    public void No_file_is_longer_than_500_lines() =>
        Expect.Nothing(SourceTree.Files
            .Where(file => file.Lines.Length - 1 > FileLines)
            .Select(file => $"{file.Path}: {file.Lines.Length - 1} lines"));

    [Fact]
    public void No_line_is_wider_than_130_columns() =>
        Expect.Nothing(SourceTree.Files.SelectMany(file => file.Lines
            .Select((line, index) => (Line: line, Number: index + 1))
            .Where(entry => entry.Line.Length > Columns && !IsInText(file, entry.Number))
            .Select(entry => $"{file.Path}:{entry.Number}: {entry.Line.Length} columns")));

    [Fact]
    public void No_method_is_longer_than_70_lines() =>
        Expect.Nothing(SourceTree.Files.SelectMany(file => file.Root.DescendantNodes()
            .Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
                or LocalFunctionStatementSyntax)
            .Select(node => (Node: node, Lines: LinesOf(node)))
            .Where(entry => entry.Lines > MethodLines)
            .Select(entry => $"{file.Path}:{FirstLine(entry.Node)}: {entry.Lines} lines")));

    [Fact]
    public void No_constructor_takes_more_than_7_parameters() =>
        Expect.Nothing(SourceTree.Product.SelectMany(file => file.Root.DescendantNodes()
            .Select(node => (Node: node, Parameters: ParametersOf(node)))
            .Where(entry => entry.Parameters > ConstructorParameters)
            .Select(entry => $"{file.Path}:{FirstLine(entry.Node)}: {entry.Parameters} parameters")));

    [Fact]
    public void No_folder_holds_more_than_32_files() =>
        Expect.Nothing(SourceTree.Files
            .GroupBy(file => Path.GetDirectoryName(file.Path))
            .Where(folder => folder.Count() > FolderFiles)
            .Select(folder => $"{folder.Key}: {folder.Count()} files"));

    [Fact]
    public void No_file_has_regions() =>
        Expect.Nothing(LinesWith("#region"));

    [Fact]
    public void No_file_has_work_left_to_do_in_a_comment() =>
        Expect.Nothing(LinesWith("TO" + "DO").Concat(LinesWith("FIX" + "ME")));

    private static IEnumerable<string> LinesWith(string word) =>
        SourceTree.Files.SelectMany(file => file.Lines
            .Select((line, index) => (Line: line, Number: index + 1))
            .Where(entry => entry.Line.Contains(word, StringComparison.Ordinal) && !entry.Line.Contains('"'))
            .Select(entry => $"{file.Path}:{entry.Number}: {word}"));

    // Recorded text, over several lines or alone on a long one, stands as it was recorded.
    private static bool IsInText(SourceFile file, int line) =>
        file.Root.DescendantTokens().Where(IsRawText).Select(token => token.GetLocation().GetLineSpan())
            .Any(span => span.StartLinePosition.Line < line && line <= span.EndLinePosition.Line + 1);

    private static bool IsRawText(SyntaxToken token) =>
        token.Kind() is SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken
        || (token.IsKind(SyntaxKind.InterpolatedStringTextToken)
            && token.Parent?.Parent is InterpolatedStringExpressionSyntax text
            && text.StringStartToken.Text.Contains("\"\"\"", StringComparison.Ordinal));

    private static int LinesOf(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static int FirstLine(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    // Records are data; their many fields are named where they are made.
    private static int ParametersOf(SyntaxNode node) => node switch
    {
        ConstructorDeclarationSyntax constructor => constructor.ParameterList.Parameters.Count,
        ClassDeclarationSyntax { ParameterList: { } list } => list.Parameters.Count,
        _ => 0,
    };
}
