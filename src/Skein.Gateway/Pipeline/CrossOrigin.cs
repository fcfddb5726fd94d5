using System.Net;
using Microsoft.AspNetCore.Http;
using Skein.Core.Maps;

namespace Skein.Gateway.Pipeline;

/// <summary>
/// Lets pages of the cluster's own proxies talk to its targets: the console is served by a proxy, which redirects to another
/// port or machine, and browsers ask there first. Pages from elsewhere get no such permission.
/// </summary>
internal static class CrossOrigin
{
    private const string MaxAge = "600";

    /// <summary>Adds the permission where it is due.</summary>
    /// <returns>True when this was only the browser's question, and it is answered.</returns>
    public static bool Answer(HttpContext context, ControlDocument document)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !IsOwn(origin, context.Request.Host.Host, document))
        {
            return false;
        }
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = "*";
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0)
        {
            return false;
        }
        headers.AccessControlAllowMethods = "GET, HEAD, PUT, POST, PATCH, DELETE";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = MaxAge;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    /// <summary>True for the URL of a proxy of the cluster, and for whatever is served by the host that was asked.</summary>
    private static bool IsOwn(string origin, string host, ControlDocument document) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (page.Host == host
            || (IsLoopback(page.Host) && IsLoopback(host))
            || document.Map.Proxies.Values.Any(proxy => proxy.PublicNet.Url == origin));

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
