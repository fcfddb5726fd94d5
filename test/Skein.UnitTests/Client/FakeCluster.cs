using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.UnitTests.Client;

/// <summary>
/// A cluster in memory that answers on real sockets as the wire contract says: proxies that redirect, targets that
/// hold objects. One object store is shared by all targets.
/// </summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FakeHandlers _handlers;
    private readonly int _proxies;

    private FakeCluster(WebApplication app, int proxies)
    {
        _app = app;
        _proxies = proxies;
        _handlers = new FakeHandlers(this);
    }

    /// <summary>What was asked, in order: role, verb, path and query.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>Called before a request is handled; true when it was answered.</summary>
    public Func<HttpContext, bool, Task<bool>>? Intercept { get; set; }

    public SortedDictionary<string, SortedDictionary<string, FakeObject>> Buckets { get; } =
        new(StringComparer.Ordinal);

    public WireClusterMap Map { get; set; } = new();

    /// <summary>Bodies of answers below <c>/v1/cluster</c> and <c>/v1/reverse</c>, by verb, path and query.</summary>
    public ConcurrentDictionary<string, string> Answers { get; } = new();

    /// <summary>How its control plane is; null for a cluster that does not say.</summary>
    public ControlStatus? Control { get; set; }

    public ConcurrentDictionary<string, NodeStatus> Statuses { get; } = new();

    public IReadOnlyList<string> ProxyUrls { get; private set; } = [];

    public IReadOnlyList<string> TargetUrls { get; private set; } = [];

    public static async Task<FakeCluster> StartAsync(int proxies = 2, int targets = 2)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < proxies + targets; i++)
            {
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            }
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        });
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var cluster = new FakeCluster(app, proxies);
        app.Run(cluster.HandleAsync);
        await app.StartAsync();
        string[] urls = [.. app.Urls];
        cluster.ProxyUrls = urls[..proxies];
        cluster.TargetUrls = urls[proxies..];
        cluster.Map = cluster.MakeMap();
        return cluster;
    }

    public FakeObject Put(string bucket, string name, string text)
    {
        var stored = FakeObject.Of(Encoding.UTF8.GetBytes(text));
        if (!Buckets.TryGetValue(bucket, out var objects))
        {
            Buckets[bucket] = objects = new SortedDictionary<string, FakeObject>(StringComparer.Ordinal);
        }
        objects[name] = stored;
        return stored;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private WireClusterMap MakeMap()
    {
        var map = new WireClusterMap { Uuid = "FakeUuid1", Version = 7, CreationTime = "2026-01-02 03:04:05" };
        for (var i = 0; i < ProxyUrls.Count; i++)
        {
            map.Proxies[$"proxy00{i + 1}"] = Node($"proxy00{i + 1}", NodeRoles.Proxy, ProxyUrls[i]);
        }
        for (var i = 0; i < TargetUrls.Count; i++)
        {
            map.Targets[$"target0{i + 1}"] = Node($"target0{i + 1}", NodeRoles.Target, TargetUrls[i]);
        }
        return map with { Primary = map.Proxies["proxy001"] };
    }

    private static NodeInfo Node(string id, string type, string url)
    {
        var uri = new Uri(url);
        var address = NodeAddress.Create("http", uri.Host, uri.Port);
        return new NodeInfo { Id = id, Type = type, PublicNet = address, ControlNet = address, DataNet = address };
    }

    private async Task HandleAsync(HttpContext context)
    {
        var local = $":{context.Connection.LocalPort}";
        var isProxy = ProxyUrls.Any(url => url.EndsWith(local, StringComparison.Ordinal));
        var raw = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var request = new FakeRequest(isProxy ? "proxy" : "target", context.Request.Method, raw)
        {
            Expect = context.Request.Headers.Expect.ToString(),
            Headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()),
        };
        Requests.Enqueue(request);
        if (Intercept is { } intercept && await intercept(context, isProxy))
        {
            return;
        }
        await _handlers.HandleAsync(context, isProxy, request);
    }
}

/// <summary>A request as the fake cluster saw it.</summary>
internal sealed record FakeRequest(string Role, string Method, string Target)
{
    public string Expect { get; init; } = "";

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public long BodyBytes { get; set; }

    public override string ToString() => $"{Role} {Method} {Target}";
}

/// <summary>An object of the fake cluster.</summary>
internal sealed record FakeObject(byte[] Bytes, string Checksum)
{
    public int Version { get; init; } = 1;

    public IReadOnlyList<string> Custom { get; init; } = [];

    public static FakeObject Of(byte[] bytes) =>
        new(bytes, System.IO.Hashing.XxHash64.HashToUInt64(bytes).ToString("x16", null));
}
