using System.Text.Json;
using Skein.Gateway.Rest.Catalog;

namespace Skein.ClusterTests.Contract;

/// <summary>Every call that the documentation names has a row of the contract that shows what it does.</summary>
public sealed class CatalogTests
{
    /// <summary>Calls that end the cluster, which <c>ClusterEndTests</c> makes, and one that never ends by itself.</summary>
    private static readonly string[] MadeElsewhere =
    [
        "PUT /v1/cluster action=shutdown", "PUT /v1/cluster action=decommission", "GET /v1/console/events ",
    ];

    [Fact]
    public void EveryCallHasARow()
    {
        var rows = ObjectRows.All.Concat(BucketRows.All).Concat(NodeRows.All).ToList();
        var without = ApiCatalog.All
            .Where(call => !rows.Exists(row => Shows(row, call)))
            .Select(call => $"{call.Verb} {call.Path} {call.Selector}")
            .Except(MadeElsewhere);
        Assert.Empty(without);
    }

    [Fact]
    public void NoCallIsThereTwice() =>
        Assert.Distinct(ApiCatalog.All.Select(call => (call.Verb, call.Path, call.Selector)));

    /// <summary>True when the row makes the call: with success when it is served, refused as not implemented when not.</summary>
    private static bool Shows(ContractRow row, ApiCall call) =>
        row.Verb == call.Verb && HasPath(row.Target.Split('?')[0], call.Path) && IsSelected(row, call.Selector)
        && (call.IsServed ? row.Status != 501 : row.Status == call.Refusal);

    private static bool HasPath(string path, string template)
    {
        var (parts, wanted) = (path.Split('/'), template.Split('/'));
        return parts.Length == wanted.Length
            && parts.Zip(wanted).All(
                pair => pair.First == pair.Second || (pair.Second.Length > 1 && char.IsUpper(pair.Second[0])));
    }

    private static bool IsSelected(ContractRow row, string selector)
    {
        var query = row.Target.Contains('?', StringComparison.Ordinal) ? row.Target.Split('?')[1].Split('&') : [];
        return selector.Length == 0
            || (selector.StartsWith("action=", StringComparison.Ordinal)
                ? ActionOf(row) == selector["action=".Length..]
                : Array.Exists(query, one => one == selector
                    || (selector.EndsWith('=') && one.StartsWith(selector, StringComparison.Ordinal))));
    }

    private static string ActionOf(ContractRow row)
    {
        if (row.Body is not [(byte)'{', ..])
        {
            return "";
        }
        using var json = JsonDocument.Parse(row.Body);
        return json.RootElement.TryGetProperty("action", out var action) ? action.GetString()! : "";
    }
}
