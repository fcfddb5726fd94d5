using Microsoft.AspNetCore.Http;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary>HTTP verbs: which exist, and how a resource refuses those that it does not handle.</summary>
internal static class Verbs
{
    /// <summary>True for the verbs of RFC 9110 and PATCH.</summary>
    public static bool IsHttp(string method) => method
        is "GET" or "HEAD" or "PUT" or "POST" or "DELETE" or "PATCH" or "OPTIONS" or "TRACE" or "CONNECT";

    /// <summary>Answers OPTIONS with 200, anything else with 405 in plain text; both name what is allowed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="allow">Verbs in alphabetical order, separated by a comma and a space.</param>
    public static Task RefuseAsync(RequestContext request, string allow)
    {
        request.Response.Headers.Allow = allow;
        if (HttpMethods.IsOptions(request.Method))
        {
            return request.EmptyAsync();
        }
        request.LeaveBodyUnread();
        return request.TextAsync("Method Not Allowed", StatusCodes.Status405MethodNotAllowed);
    }
}
