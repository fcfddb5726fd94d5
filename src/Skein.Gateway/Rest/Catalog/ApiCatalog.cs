namespace Skein.Gateway.Rest.Catalog;

/// <summary>
/// Every call of the HTTP API that clients know, served or not: what is not here is refused with status 400, what is here
/// and not served with 501. The table in docs/reference/http-api.md is written from it.
/// </summary>
public static class ApiCatalog
{
    /// <summary>All calls, by path.</summary>
    public static IReadOnlyList<ApiCall> All { get; } =
        [.. ObjectCalls.All, .. BucketCalls.All, .. NodeCalls.All, .. ClusterCalls.All, .. OtherCalls.All];

    /// <summary>True for an action that clients know for a verb on a path, served or not.</summary>
    public static bool Knows(string verb, string path, string action) =>
        action.Length != 0 && All.Any(call => call.Verb == verb && call.Path == path && call.Action == action);
}
