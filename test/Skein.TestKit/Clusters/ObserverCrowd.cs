using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Membership;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.TestKit.Http;

namespace Skein.TestKit.Clusters;

/// <summary>
/// Many nodes in one process that do only what an observer does for the control plane: they are called back, join, say
/// that they are alive, and take documents, which they unpack and check but do not keep. To the cluster they are proxies
/// that cannot be elected, or targets without disks.
/// </summary>
public sealed class ObserverCrowd : IAsyncDisposable
{
    /// <summary>Most observers.</summary>
    public const int MaxCount = 1000;

    private const string StampHeader = "Skein-Stamp";
    private const string NoDocument = "- 0.0.0 -";
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(1);

    private readonly WebApplication _server;
    private readonly TestHttp _http = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<int, Observer> _byPort = [];
    private Observer[] _observers = [];
    private Task _keepAlive = Task.CompletedTask;

    private ObserverCrowd(int count)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            for (var i = 0; i < count; i++)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
        });
        _server = builder.Build();
        _server.Run(ServeAsync);
    }

    /// <summary>How many there are.</summary>
    public int Count => _observers.Length;

    /// <summary>Starts the observers and lets them join one after the other.</summary>
    /// <param name="primary">The node that leads, and goes on leading.</param>
    /// <param name="count">How many.</param>
    /// <param name="role"><c>proxy</c>, or <c>target</c> for nodes that own names and serve nobody.</param>
    public static async Task<ObserverCrowd> JoinAsync(ProcessNode primary, int count, string role = "proxy")
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        var crowd = new ObserverCrowd(count);
        try
        {
            await crowd.StartAsync(primary.Url, role);
            return crowd;
        }
        catch
        {
            await crowd.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until all observers hold a document or a newer one.</summary>
    /// <param name="stamp">The document.</param>
    /// <param name="since">Timestamp of the beginning.</param>
    /// <returns>For each observer, the time from the beginning until it had it; the shortest first.</returns>
    public async Task<IReadOnlyList<TimeSpan>> UntilHeldAsync(DocumentStamp stamp, long since)
    {
        await Poll.UntilAsync(() => Task.FromResult(
            _observers.Count(observer => observer.ArrivalOf(stamp) is null) is > 0 and var missing
                ? $"{missing} observers do not have {stamp}"
                : null));
        return [.. _observers.Select(one => Stopwatch.GetElapsedTime(since, one.ArrivalOf(stamp)!.Value)).Order()];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keepAlive;
        await _server.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task StartAsync(string primary, string role)
    {
        await _server.StartAsync();
        var addresses = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var number = 0;
        foreach (var port in addresses.Select(address => new Uri(address).Port).Distinct())
        {
            var address = NodeAddress.Create("http", "127.0.0.1", port);
            var id = string.Create(CultureInfo.InvariantCulture, $"{role}-{number++:0000}");
            _byPort[port] = new Observer(new NodeInfo
            {
                PublicNet = address,
                ControlNet = address,
                DataNet = address,
                Type = role,
                Id = id,
                Incarnation = "of-" + id,
                FlagBits = role == "proxy" ? (ulong)NodeFlags.NonElectable : 0,
            });
        }
        _observers = [.. _byPort.Values];
        foreach (var observer in _observers)
        {
            var request = JsonSerializer.SerializeToUtf8Bytes(
                new { si = observer.Node, uuid = "", stamp = "0.0.0", protocol = JoinRequest.CurrentProtocol, by_admin = false });
            var reply = (await _http.SendAsync(HttpMethod.Post, primary + "/v1/cluster/autoreg", request)).Succeeded();
            observer.Take(reply.Header(StampHeader)!);
        }
        _keepAlive = KeepAliveAsync(primary);
    }

    /// <summary>Each observer says once in an interval that it is alive, one after the other.</summary>
    private async Task KeepAliveAsync(string primary)
    {
        var next = 0;
        using var timer = new PeriodicTimer(KeepAliveInterval / _observers.Length);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var observer = _observers[next++ % _observers.Length];
                try
                {
                    await _http.SendAsync(
                        HttpMethod.Post,
                        $"{primary}/v1/cluster/keepalive/{observer.Node.Id}",
                        [],
                        (StampHeader, observer.Tag),
                        ("Ais-Caller-Id", observer.Node.Id));
                }
                catch (HttpRequestException)
                {
                    // The primary is gone: the crowd has nothing more to say.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        var observer = _byPort[context.Connection.LocalPort];
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("GET", "/v1/cluster/identity"):
                context.Response.Headers[StampHeader] = observer.Tag;
                await AnswerAsync(context, JsonSerializer.SerializeToUtf8Bytes(observer.Node));
                break;
            case ("PUT", "/v1/metasync"):
                await using (var gzip = new GZipStream(context.Request.Body, CompressionMode.Decompress))
                {
                    var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(gzip, context.RequestAborted));
                    var tag = context.Request.Headers[StampHeader].ToString();
                    if (tag.EndsWith(hash, StringComparison.Ordinal))
                    {
                        observer.Take(tag);
                    }
                }
                context.Response.Headers[StampHeader] = observer.Tag;
                await AnswerAsync(context, """{"reason":""}"""u8.ToArray());
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    }

    private static Task AnswerAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    /// <summary>One observer: who it is, and which documents came when.</summary>
    private sealed class Observer(NodeInfo node)
    {
        private readonly Lock _lock = new();
        private readonly List<(DocumentStamp Stamp, long At)> _arrivals = [];

        public NodeInfo Node => node;

        public string Tag { get; private set; } = NoDocument;

        public void Take(string tag)
        {
            var at = Stopwatch.GetTimestamp();
            lock (_lock)
            {
                if (DocumentStamp.TryParse(tag.Split(' ')[1], out var stamp)
                    && (_arrivals.Count == 0 || stamp > _arrivals[^1].Stamp))
                {
                    _arrivals.Add((stamp, at));
                    Tag = tag;
                }
            }
        }

        /// <summary>When a document or a newer one came first; null while there is none.</summary>
        public long? ArrivalOf(DocumentStamp stamp)
        {
            lock (_lock)
            {
                var index = _arrivals.FindIndex(arrival => arrival.Stamp >= stamp);
                return index < 0 ? null : _arrivals[index].At;
            }
        }
    }
}
