namespace Skein.Gateway.Rest.Catalog;

/// <summary>One call of the HTTP API as clients see it: a line of the table in docs/reference/http-api.md.</summary>
/// <param name="Verb">HTTP verb.</param>
/// <param name="Path">Path with the variable parts in capitals.</param>
/// <param name="Selector">
/// What tells it from others with the same verb and path: <c>action=NAME</c> in the body, <c>what=NAME</c> or another
/// parameter in the query; empty when nothing does.
/// </param>
/// <param name="Meaning">What it does, in a few words.</param>
public sealed record ApiCall(string Verb, string Path, string Selector, string Meaning)
{
    /// <summary>Names of the query parameters that it understands, beside <c>provider</c> and <c>namespace</c>.</summary>
    public string[] Parameters { get; init; } = [];

    /// <summary>False for a call that is known and refused.</summary>
    public bool IsServed { get; init; } = true;

    /// <summary>Status of the refusal of a call that is not served.</summary>
    public int Refusal { get; init; } = 501;

    /// <summary>The action in the body; empty when it is not one that tells the call.</summary>
    public string Action => Selected("action=");

    /// <summary>The word of the parameter <c>what</c>; empty when it is not one that tells the call.</summary>
    public string What => Selected("what=");

    private string Selected(string prefix) =>
        Selector.StartsWith(prefix, StringComparison.Ordinal) ? Selector[prefix.Length..] : "";
}
