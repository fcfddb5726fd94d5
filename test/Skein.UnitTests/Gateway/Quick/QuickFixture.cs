using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Quick;
using Skein.Node.Hosting;
using Skein.Storage.Reads;
using Skein.TestKit;
using Skein.Transport;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway.Quick;

/// <summary>
/// A target that is served by two HTTP servers over the same pipeline: one on the direct transport with quick answers, one
/// on ordinary sockets. A proxy, too.
/// </summary>
public sealed partial class QuickFixture : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<Listener> _listeners =
        Listeners.Bind(
        [
            .. ((string[])["direct", "plain", "proxy direct", "proxy plain"])
                .Select(name => new ListenerRequest(NetworkKind.Public, "127.0.0.1", 0, name)),
        ]);

    private TestCluster _cluster = null!;
    private WebServer _directServer = null!;
    private readonly List<WebServer> _servers = [];
    private DirectTransport _proxyTransport = null!;
    private QuickGet _quick = null!;
    private QuickRedirect _redirect = null!;

    /// <summary>Port with quick answers.</summary>
    public int Direct => _listeners[0].Address.Port;

    /// <summary>Port without.</summary>
    public int Plain => _listeners[1].Address.Port;

    /// <summary>Requests that were answered past the HTTP server.</summary>
    public long Answered => _quick.Answered;

    /// <summary>Requests that the proxy has answered past the HTTP server.</summary>
    public long Redirected => _redirect.Answered;

    /// <summary>The proxy's quick answers.</summary>
    internal QuickRedirect Redirect => _redirect;

    internal TestNode Proxy => _cluster.Proxy;

    /// <summary>Connections of the direct transport.</summary>
    internal DirectTransport Transport { get; private set; } = null!;

    /// <summary>Makes the transport; null for one with the usual limits.</summary>
    internal Func<IQuickResponder, DirectTransport>? MakeTransport { get; init; }

    internal TestNode Target => _cluster.Targets[0];

    /// <summary>Files that the target keeps open.</summary>
    internal OpenFiles Files => OpenFiles.Of(Target.Disks.Store);

    /// <summary>The text of an object of that many bytes.</summary>
    public static string Text(int length) =>
        string.Concat(Enumerable.Range(0, (length / 16) + 1).Select(i => $"{i:D15}\n"))[..length];

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.WithBucketAsync();
        await PutAsync("small", "hello");
        await PutAsync("dir/sub/middle", Text(10_000));
        await PutAsync("empty", "");
        await PutAsync("large", Text(300_000));
        await PutAsync("custom", "with metadata", ("Ais-Custom-Md", "a=1"), ("Ais-Custom-Md", "b=ü"));
        await PutAsync("tagged", "with a tag", ("Ais-Custom-Md", "ETag=xyz"));
        _quick = new QuickGet(Target.Services, Target.Services.OpenObjects!);
        Transport = MakeTransport?.Invoke(_quick) ?? new DirectTransport(_quick, NullLogger.Instance);
        Files.Keep(100, TimeProvider.System);
        _redirect = new QuickRedirect(Proxy.Services, Proxy.Services.QuickRouter!);
        _proxyTransport = new DirectTransport(_redirect, NullLogger.Instance);
        _directServer = Serve(_listeners[0], Target, Transport);
        _servers.AddRange(
        [
            _directServer, Serve(_listeners[1], Target, null), Serve(_listeners[2], Proxy, _proxyTransport),
            Serve(_listeners[3], Proxy, null),
        ]);
        foreach (var server in _servers)
        {
            await server.StartAsync(StoreFixture.Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.StopAsync();
            await server.DisposeAsync();
        }
        Transport.Dispose();
        _proxyTransport.Dispose();
        await _cluster.DisposeAsync();
    }

    /// <summary>Stores an object.</summary>
    internal async Task PutAsync(string name, string content, params (string, string)[] headers)
    {
        using var answer = await _cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/{name}", content, headers);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    /// <summary>Deletes an object.</summary>
    internal async Task DeleteAsync(string name)
    {
        using var answer = await _cluster.FollowAsync(HttpMethod.Delete, $"/v1/objects/b/{name}");
        Assert.Equal(200, (int)answer.StatusCode);
    }

    /// <summary>Stops the server with quick answers, as a node does.</summary>
    internal Task StopDirectAsync() => _directServer.StopAsync();

    /// <summary>A plain GET of an object, as bytes.</summary>
    internal static byte[] Get(string name) =>
        Encoding.ASCII.GetBytes($"GET /v1/objects/b/{name} HTTP/1.1\r\nHost: h\r\n\r\n");

    /// <summary>Reads up to the empty line, byte by byte; the answer must be a good one.</summary>
    internal static async Task ReadHeadAsync(Socket client)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await client.ReceiveAsync(one, StoreFixture.Cancel));
            head.Append((char)one[0]);
        }
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Bytes until the server closes, or breaks the connection.</summary>
    internal static async Task<long> ReadToEndAsync(Socket client)
    {
        var bytes = new byte[1 << 16];
        var total = 0L;
        try
        {
            for (int count; (count = await client.ReceiveAsync(bytes, StoreFixture.Cancel)) > 0;)
            {
                total += count;
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // What was received counts.
        }
        return total;
    }

    /// <summary>Waits until no connection is left.</summary>
    internal Task UntilNobodyAsync() => Poll.UntilAsync(() => Task.FromResult(
        Transport.Count == 0 ? null : $"{Transport.Count} connections are left"));

    /// <summary>Connects to a port.</summary>
    internal static async Task<Socket> ConnectAsync(int port, int receiveBuffer = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer != 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }
        await socket.ConnectAsync("127.0.0.1", port, StoreFixture.Cancel);
        return socket;
    }

    /// <summary>Sends bytes, in pieces, and reads until the server closes.</summary>
    /// <param name="port">Where.</param>
    /// <param name="request">What.</param>
    /// <param name="piece">Bytes at a time; 0 for all at once.</param>
    /// <param name="closes">True to close the sending side after that.</param>
    internal static async Task<string> ExchangeAsync(int port, string request, int piece = 0, bool closes = false) =>
        (await TalkAsync(port, request, piece, closes)).Answer;

    private static async Task<(string Answer, bool IsReset)> TalkAsync(int port, string request, int piece, bool closes)
    {
        var isReset = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StoreFixture.Cancel);
        limit.CancelAfter(Limit);
        using var client = await ConnectAsync(port);
        var bytes = Encoding.Latin1.GetBytes(request);
        using var answer = new MemoryStream();
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                var count = piece == 0 ? bytes.Length : Math.Min(piece, bytes.Length - sent);
                sent += await client.SendAsync(bytes.AsMemory(sent, count), limit.Token);
                if (piece != 0)
                {
                    await Task.Yield();
                }
            }
            if (closes)
            {
                client.Shutdown(SocketShutdown.Send);
            }
            await using var stream = new NetworkStream(client, ownsSocket: false);
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // The server had closed before it was sent everything: what was received counts.
            isReset = true;
        }
        return (Encoding.Latin1.GetString(answer.ToArray()), isReset);
    }

    /// <summary>Without what differs from answer to answer: dates, ids that were made, ports of the client.</summary>
    internal static string Normal(string answer) => Changing().Replace(answer, match => match.Groups[1].Value + "?");

    /// <summary>
    /// Both servers answer the same. Whoever sends on after the server has closed may lose the end of the answer; then what
    /// came of it counts.
    /// </summary>
    internal Task SameAsync(string request, int piece = 0, bool closes = false) =>
        SameAsync((Plain, Direct), request, piece, closes);

    /// <summary>Both servers of the proxy answer the same.</summary>
    internal Task SameAtProxyAsync(string request, int piece = 0, bool closes = false) =>
        SameAsync((_listeners[3].Address.Port, _listeners[2].Address.Port), request, piece, closes);

    private static async Task SameAsync((int Plain, int Direct) ports, string request, int piece, bool closes)
    {
        var (plain, plainReset) = await TalkAsync(ports.Plain, request, piece, closes);
        var (direct, directReset) = await TalkAsync(ports.Direct, request, piece, closes);
        var (was, now) = (Normal(plain), Normal(direct));
        if (was != now
            && !(plainReset && now.StartsWith(was, StringComparison.Ordinal))
            && !(directReset && was.StartsWith(now, StringComparison.Ordinal)))
        {
            Assert.Fail($"for {Show(request)}\nplain:\n{Show(plain)}\ndirect:\n{Show(direct)}");
        }
    }

    private static string Show(string text) => text.Length > 2000 ? $"{text[..2000]}... ({text.Length} bytes)" : text;

    private static WebServer Serve(Listener listener, TestNode node, DirectTransport? transport) => new(
        [listener], new RequestPipeline(node.Services).HandleAsync, link => link.Dispose(), transport,
        TimeProvider.System, NullLoggerFactory.Instance);

    [GeneratedRegex(@"(Date: )[^\r]*|(?<=127\.0\.0\.1):\d+|(?<=X-Request-Id: |rid=)[0-9a-f]{16}|(?<=utm=)\d{19}")]
    private static partial Regex Changing();
}
