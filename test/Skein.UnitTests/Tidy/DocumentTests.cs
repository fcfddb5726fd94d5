using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Skein.TestKit;

namespace Skein.UnitTests.Tidy;

/// <summary>What the documents name exists: files, folders, types and their members.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Roots = ["src/", "test/", "docs/", "bench/", "deploy/", ".ci/"];

    private static readonly string[] Projects = ["src", "test", "bench"];

    private static readonly Lazy<Dictionary<string, HashSet<string>>> Types = new(ReadTypes);

    private static readonly Lazy<Dictionary<string, List<Type>>> BaseLibrary = new(ReadBaseLibrary);

    [Fact]
    public void Paths_in_backticks_exist() =>
        Expect.Nothing(Documents().SelectMany(document => Quoted(document)
            .Where(entry => Roots.Any(root => entry.Text.StartsWith(root, StringComparison.Ordinal)))
            .Where(entry => !Exists(RepositoryRoot.Combine(entry.Text)))
            .Select(entry => $"{document}:{entry.Line}: {entry.Text} does not exist")));

    [Fact]
    public void Links_between_documents_lead_somewhere() =>
        Expect.Nothing(Documents().SelectMany(document => Matches(document, Link())
            .Select(entry => (entry.Line, Path: entry.Text.Split('#')[0]))
            .Where(entry => entry.Path.Length != 0 && !entry.Path.Contains("://", StringComparison.Ordinal))
            .Where(entry => !Exists(Path.GetFullPath(
                entry.Path, Path.GetDirectoryName(RepositoryRoot.Combine(document))!)))
            .Select(entry => $"{document}:{entry.Line}: {entry.Path} does not exist")));

    [Fact]
    public void Types_and_members_in_backticks_exist() =>
        Expect.Nothing(Documents().SelectMany(document => Quoted(document)
            .Select(entry => (entry.Line, Match: TypeAndMember().Match(entry.Text)))
            .Where(entry => entry.Match.Success)
            .Where(entry => !IsMember(entry.Match.Groups[1].Value, entry.Match.Groups[2].Value))
            .Select(entry => $"{document}:{entry.Line}: {entry.Match.Value} is in no source file")));

    [Fact]
    public void Type_names_in_backticks_exist() =>
        Expect.Nothing(Documents()
            .Where(document => !document.StartsWith("docs/reference/", StringComparison.Ordinal))
            .SelectMany(document => Quoted(document)
                .Where(entry => TypeName().IsMatch(entry.Text))
                .Where(entry => !IsNamed(entry.Text))
                .Select(entry => $"{document}:{entry.Line}: {entry.Text} is in no source file")));

    private static IEnumerable<string> Documents()
    {
        var atTheRoot = Directory.EnumerateFiles(RepositoryRoot.Path, "*.md")
            .Where(path => Path.GetFileName(path) != "CHANGELOG.md");
        var inDocs = Directory.EnumerateFiles(RepositoryRoot.Combine("docs"), "*.md", SearchOption.AllDirectories);
        return atTheRoot.Concat(inDocs).Select(RepositoryRoot.Relative).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<(int Line, string Text)> Quoted(string document) => Matches(document, Backticks());

    private static IEnumerable<(int Line, string Text)> Matches(string document, Regex pattern)
    {
        var lines = File.ReadAllLines(RepositoryRoot.Combine(document));
        var inBlock = false;
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inBlock = !inBlock;
            }
            else if (!inBlock)
            {
                foreach (Match match in pattern.Matches(lines[index]))
                {
                    yield return (index + 1, match.Groups[1].Value);
                }
            }
        }
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static bool IsMember(string type, string member) =>
        (type == "Skein" && Projects.Any(folder => Exists(RepositoryRoot.Combine($"{folder}/Skein.{member}"))))
        || (Types.Value.TryGetValue(type, out var members) && members.Contains(member))
        || (BaseLibrary.Value.TryGetValue(type, out var types)
            && types.Any(candidate => candidate.GetMember(member).Length != 0));

    private static bool IsNamed(string name) =>
        Types.Value.ContainsKey(name)
        || Types.Value.Values.Any(members => members.Contains(name))
        || BaseLibrary.Value.ContainsKey(name)
        || BaseLibrary.Value.ContainsKey(name + "Attribute");

    private static Dictionary<string, HashSet<string>> ReadTypes()
    {
        var types = new Dictionary<string, HashSet<string>>();
        foreach (var type in SourceTree.Files.SelectMany(file => file.Root.DescendantNodes()
            .OfType<BaseTypeDeclarationSyntax>()))
        {
            if (!types.TryGetValue(type.Identifier.Text, out var members))
            {
                types.Add(type.Identifier.Text, members = []);
            }
            members.UnionWith(MembersOf(type));
        }
        return types;
    }

    private static IEnumerable<string> MembersOf(BaseTypeDeclarationSyntax type)
    {
        if (type is EnumDeclarationSyntax values)
        {
            return values.Members.Select(member => member.Identifier.Text);
        }
        var parameters = (type as TypeDeclarationSyntax)?.ParameterList?.Parameters ?? [];
        var members = (type as TypeDeclarationSyntax)?.Members ?? [];
        return
        [
            .. parameters.Select(parameter => parameter.Identifier.Text),
            .. members.SelectMany(member => member switch
            {
                MethodDeclarationSyntax method => [method.Identifier.Text],
                PropertyDeclarationSyntax property => [property.Identifier.Text],
                BaseTypeDeclarationSyntax nested => [nested.Identifier.Text],
                BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(one => one.Identifier.Text),
                _ => Array.Empty<string>(),
            }),
        ];
    }

    private static Dictionary<string, List<Type>> ReadBaseLibrary() =>
        ((Assembly[])[typeof(object).Assembly, typeof(Uri).Assembly, typeof(HttpClient).Assembly])
            .SelectMany(assembly => assembly.GetExportedTypes())
            .GroupBy(type => type.Name.Split('`')[0])
            .ToDictionary(group => group.Key, group => group.ToList());

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^([A-Z]\w*[a-z]\w*)\.([A-Z]\w*[a-z]\w*)(?:\(\))?$")]
    private static partial Regex TypeAndMember();

    [GeneratedRegex("^[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+$")]
    private static partial Regex TypeName();
}
