using Skein.Core.Errors;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary>Resources of AIStore that are not served; each is refused as a server without them refuses it.</summary>
internal static class UnservedResources
{
    private const string EtlAllow = "DELETE, GET, POST, PUT";
    private const string JobAllow = "DELETE, GET, POST";

    /// <summary>The error for a transformation that would have to run.</summary>
    public static StoreException NeedsKubernetes() =>
        new(StoreErrorCode.InvalidRequest, "the operation requires Kubernetes");

    /// <summary><c>/v1/etl</c>: transformations run in Kubernetes only. One that is named does not exist.</summary>
    public static Task EtlAsync(RequestContext request, string node)
    {
        if (request.Method is not ("GET" or "PUT" or "POST" or "DELETE"))
        {
            return Verbs.RefuseAsync(request, EtlAllow);
        }
        var name = request.Path.Count > 2 ? request.Path.Segment(2) : "";
        throw name.Length == 0 || request.Method == "PUT"
            ? NeedsKubernetes()
            : new StoreException(
                StoreErrorCode.NotFound,
                $"{node}: etl job {(name.Length > 64 ? name[..64] : name)} does not exist");
    }

    /// <summary><c>/v1/tokens</c>: there are no tokens to revoke.</summary>
    public static Task TokensAsync(RequestContext request) => request.Method == "DELETE"
        ? throw RestDialect.InvalidUri(request)
        : Verbs.RefuseAsync(request, "DELETE");

    /// <summary><c>/v1/download</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="jobs">What is not served, for people.</param>
    public static Task JobsAsync(RequestContext request, string jobs) => request.Method is "GET" or "POST" or "DELETE"
        ? throw new StoreException(
            StoreErrorCode.NotImplemented, $"{request.Method} {request.Path.Decoded}: {jobs} are not implemented")
        : Verbs.RefuseAsync(request, JobAllow);
}
