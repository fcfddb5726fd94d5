using System.Text;
using Skein.Gateway.Rest.Catalog;
using Skein.TestKit;

namespace Skein.UnitTests.Gateway.Catalog;

/// <summary>
/// Writes the table of docs/reference/http-api.md from the code and fails when it is out of date. To rewrite it, run this
/// test with SKEIN_REWRITE_DOCS=1.
/// </summary>
public sealed class HttpApiPageTests
{
    private const string Rewrite = "SKEIN_REWRITE_DOCS";
    private const string Begin = "<!-- calls: written by HttpApiPageTests -->\n";
    private const string End = "<!-- end of calls -->\n";

    [Fact]
    public void The_table_says_what_the_code_does()
    {
        var file = Path.Combine(RepositoryRoot.Path, "docs", "reference", "http-api.md");
        var page = File.ReadAllText(file);
        var from = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(from >= Begin.Length && to >= from, $"{file} has no place for the table");
        var expected = page[..from] + Table() + page[to..];
        if (Environment.GetEnvironmentVariable(Rewrite) is { Length: > 0 })
        {
            File.WriteAllText(file, expected);
            return;
        }
        Assert.True(expected == page, $"{file} is out of date: run this test with {Rewrite}=1 and commit it");
    }

    private static string Table()
    {
        var text = new StringBuilder("\n| verb | path | told by | parameters | what it does | |\n|---|---|---|---|---|---|\n");
        foreach (var call in ApiCatalog.All)
        {
            var parameters = string.Join(", ", call.Parameters.Select(Code));
            text.Append("| ").Append(call.Verb).Append(" | ").Append(Code(call.Path)).Append(" | ").Append(Code(call.Selector))
                .Append(" | ").Append(parameters).Append(" | ").Append(call.Meaning).Append(" | ")
                .Append(call.IsServed ? "" : $"**{call.Refusal}**").Append(" |\n");
        }
        return text.Append('\n').ToString();
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";
}
