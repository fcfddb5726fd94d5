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
    [Fact]
    public void The_table_says_what_the_code_does() => GeneratedPart.Check(
        "docs/reference/http-api.md", "calls: written by HttpApiPageTests", Table(), "calls");

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
