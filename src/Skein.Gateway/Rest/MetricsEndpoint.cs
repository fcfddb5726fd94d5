using System.Text;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary><c>GET /metrics</c>: everything that a node counts and measures, for Prometheus.</summary>
internal static class MetricsEndpoint
{
    /// <summary>First and only element of the path.</summary>
    public const string PathWord = "metrics";

    public static Task HandleAsync(RequestContext request)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            return Verbs.RefuseAsync(request, "GET, HEAD");
        }
        var services = request.Services;
        var text = PrometheusText.Write(MetricCatalog.Of(services.Facts.Self.Role), new MetricReading(services));
        return request.BytesAsync(Encoding.UTF8.GetBytes(text), PrometheusText.ContentType);
    }
}
