using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest.Archives;
using Skein.Gateway.Rest.Sorting;

namespace Skein.Gateway.Rest;

/// <summary>The native API: which resource a path names. Each resource has its endpoints in a class of its own.</summary>
internal sealed class RestDialect(GatewayServices services)
{
    private readonly BucketLookup _lookup = new(services);
    private readonly HealthEndpoints _health = new(services);
    private readonly DaemonEndpoints _daemon = new(services);
    private readonly ClusterEndpoints _cluster = new(services);
    private readonly ReverseEndpoints _reverse = new(services);
    private readonly TargetJobEndpoints _jobs = new(services);
    private ObjectEndpoints? _objects;
    private BucketEndpoints? _buckets;
    private BatchEndpoints? _batches;
    private SortEndpoints? _sorts;

    private ObjectEndpoints Objects => _objects ??= new ObjectEndpoints(services, _lookup);

    private BucketEndpoints Buckets => _buckets ??= new BucketEndpoints(services, _lookup);

    private BatchEndpoints Batches => _batches ??= new BatchEndpoints(services, _lookup);

    private SortEndpoints Sorts => _sorts ??= new SortEndpoints(services, _lookup);

    private bool IsProxy => services.Facts.Self.Role == NodeRole.Proxy;

    public Task HandleAsync(RequestContext request)
    {
        if (!Verbs.IsHttp(request.Method))
        {
            return request.EmptyAsync(StatusCodes.Status400BadRequest);
        }
        if (request.Path.IsVersioned && request.Path.Count >= 2)
        {
            return request.Path.Resource switch
            {
                "objects" => Objects.HandleAsync(InCluster(request), 2),
                "buckets" => Buckets.HandleAsync(InCluster(request), 2),
                "ml" => Batches.HandleAsync(InCluster(request)),
                "health" => _health.HandleAsync(request),
                "daemon" => _daemon.HandleAsync(request),
                "cluster" when IsProxy => _cluster.HandleAsync(request),
                "etl" when IsProxy => UnservedResources.EtlAsync(request, services.Facts.Self.DisplayName),
                "download" when IsProxy => UnservedResources.JobsAsync(request, "download jobs"),
                "sort" when IsProxy => Sorts.HandleAsync(InCluster(request)),
                "tokens" when IsProxy => UnservedResources.TokensAsync(request),
                "reverse" when IsProxy => _reverse.HandleAsync(request),
                "xactions" when !IsProxy => _jobs.HandleAsync(request),
                _ => throw InvalidUri(request),
            };
        }
        if (request.Path.Count == 0)
        {
            throw InvalidUri(request);
        }
        return request.Path.Segment(0) switch
        {
            "favicon.ico" when request.Path.Count == 1 => request.EmptyAsync(),
            MetricsEndpoint.PathWord when request.Path.Count == 1 => MetricsEndpoint.HandleAsync(request),
            "ais" or "gs" or "az" => EasyUrlAsync(request),
            "s3" => S3Unavailable.AnswerAsync(request),
            _ => throw InvalidUri(request),
        };
    }

    /// <summary>Buckets and objects exist in a cluster only: a node without one cannot say what exists.</summary>
    private RequestContext InCluster(RequestContext request) => request.Call.Metadata.Document.Exists
        ? request
        : throw new StoreException(
            StoreErrorCode.NotReady, $"{services.Facts.Self.DisplayName} is not in a cluster yet, try again");

    public static StoreException InvalidUri(RequestContext request) =>
        new(StoreErrorCode.InvalidPath, $"invalid request URI: '{request.Method} {request.Path.Decoded}'");

    /// <summary><c>/ais/B/O</c> is <c>/v1/objects/B/O?provider=ais</c>; only proxies understand it.</summary>
    private Task EasyUrlAsync(RequestContext request)
    {
        if (!IsProxy)
        {
            throw new StoreException(
                StoreErrorCode.InvalidPath,
                $"{services.Facts.Self.DisplayName}: '{request.Path.Decoded}' is served by proxies (gateways) only: "
                    + "use the URL of a proxy");
        }
        var provider = request.Path.Segment(0) switch
        {
            "gs" => "gcp",
            "az" => "azure",
            var word => word,
        };
        request.Provider = provider;
        InCluster(request);
        return request.Path.Count > 2 || (request.Path.Count == 2 && request.Path.Rest(2).Length != 0)
            ? Objects.HandleAsync(request, 1)
            : Buckets.HandleAsync(request, 1);
    }
}
