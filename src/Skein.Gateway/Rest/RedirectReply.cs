using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest.Objects;

namespace Skein.Gateway.Rest;

/// <summary>Sends a client to the target: 301 for GET, with the body that HTTP/1.0 clients show; 307 for the others.</summary>
internal sealed class RedirectReply(GatewayServices services)
{
    /// <summary>What stands before the location in the body, in which it is HTML.</summary>
    public static ReadOnlySpan<byte> BodyBefore => "<a href=\""u8;

    /// <summary>What stands behind it.</summary>
    public static ReadOnlySpan<byte> BodyAfter => "\">Moved Permanently</a>.\n\n"u8;

    public Task WriteAsync(RequestContext request, FoundObject found)
    {
        var location = Location(
            request, found.Node!, $"/v1/objects/{found.Bucket.Name}/{PercentEncoding.EncodePath(found.Name)}");
        var response = request.Response;
        response.Headers.Location = location;
        if (HttpMethods.IsGet(request.Method))
        {
            byte[] body = [.. BodyBefore, .. Encoding.UTF8.GetBytes(HtmlEncoder.Default.Encode(location)), .. BodyAfter];
            return request.BytesAsync(body, "text/html; charset=utf-8", StatusCodes.Status301MovedPermanently);
        }
        if (HttpMethods.IsHead(request.Method))
        {
            response.ContentType = "text/html; charset=utf-8";
        }
        else
        {
            request.LeaveBodyUnread();
        }
        return request.EmptyAsync(StatusCodes.Status307TemporaryRedirect);
    }

    /// <summary>Sends the client to a node with 307, whatever the verb is: the body goes along.</summary>
    /// <param name="request">The request; its body was read.</param>
    /// <param name="node">Where to.</param>
    /// <param name="path">Path there, encoded.</param>
    public Task ToAsync(RequestContext request, NodeInfo node, string path)
    {
        request.Response.Headers.Location = Location(request, node, path);
        return request.EmptyAsync(StatusCodes.Status307TemporaryRedirect);
    }

    /// <summary>
    /// <c>base/v1/objects/B/O?original&amp;pid=…&amp;utm=…&amp;stamp=…&amp;rid=…</c>: the path is escaped anew, the original
    /// query stands as received.
    /// </summary>
    private string Location(RequestContext request, NodeInfo node, string path)
    {
        var builder = new StringBuilder(256)
            .Append(node.PublicNet.Url)
            .Append(path)
            .Append('?');
        if (request.Provider is { } provider)
        {
            builder.Append(QueryNames.Provider).Append('=').Append(provider).Append('&');
        }
        var query = request.Call.IsRedirected ? WithoutMarks(request.Path.RawQuery) : request.Path.RawQuery;
        if (query.Length != 0)
        {
            builder.Append(query).Append('&');
        }
        return builder
            .Append(RedirectMarks.Text(
                services.Facts.Self.Id, services.Time.GetUtcNow(), request.Call.Metadata.Stamp, request.Http.TraceIdentifier))
            .ToString();
    }

    /// <summary>The query without the marks of an earlier redirect.</summary>
    private static string WithoutMarks(string query)
    {
        var kept = query.Split('&').Where(part =>
            !part.StartsWith(QueryNames.ProxyId + "=", StringComparison.Ordinal)
            && !part.StartsWith(QueryNames.RedirectTime + "=", StringComparison.Ordinal)
            && !part.StartsWith(QueryNames.Stamp + "=", StringComparison.Ordinal)
            && !part.StartsWith(QueryNames.RequestId + "=", StringComparison.Ordinal));
        return string.Join('&', kept);
    }
}
