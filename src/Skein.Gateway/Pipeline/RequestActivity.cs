using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Skein.Gateway.Metrics;

namespace Skein.Gateway.Pipeline;

/// <summary>
/// One span of a trace for each request, in the source <see cref="NodeMeter.Name"/>; the trace is continued from node to
/// node by the header <c>traceparent</c>. Costs nothing while nobody listens.
/// </summary>
public static class RequestActivity
{
    /// <summary>Header that carries the trace (W3C Trace Context).</summary>
    public const string Header = "traceparent";

    private static readonly ActivitySource Source = new(NodeMeter.Name);

    /// <summary>True while somebody listens.</summary>
    internal static bool IsWatched => Source.HasListeners();

    /// <summary>Begins a span; null while nobody listens.</summary>
    internal static Activity? Start(HttpContext context, string node)
    {
        if (!IsWatched)
        {
            return null;
        }
        ActivityContext.TryParse(context.Request.Headers[Header], null, isRemote: true, out var parent);
        var name = $"{context.Request.Method} {First(context.Request.Path)}";
        var activity = Source.StartActivity(name, ActivityKind.Server, parent);
        activity?.SetTag("http.request.method", context.Request.Method)
            .SetTag("url.path", context.Request.Path.Value)
            .SetTag("skein.request_id", context.TraceIdentifier)
            .SetTag("skein.node", node);
        if (activity is not null)
        {
            context.Request.Headers[Header] = activity.Id;
        }
        return activity;
    }

    /// <summary>Says how it ended.</summary>
    internal static void End(Activity? activity, int status)
    {
        activity?.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>The part of a path that there are few of: names of buckets and objects do not belong into span names.</summary>
    private static string First(PathString path)
    {
        var parts = (path.Value ?? "").Split('/', 4);
        return parts.Length > 2 && parts[1] == "v1" ? $"/v1/{parts[2]}" : parts.Length > 1 ? $"/{parts[1]}" : "/";
    }
}
