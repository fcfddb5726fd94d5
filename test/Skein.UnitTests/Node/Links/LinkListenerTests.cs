using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Gateway.Pipeline;
using Skein.Node.Hosting;
using Skein.Node.Links;
using Skein.TestKit;
using Skein.Transport;

namespace Skein.UnitTests.Node.Links;

/// <summary>HTTP and control links on one port, with real sockets.</summary>
public class LinkListenerTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly List<Socket> _links = [];
    private readonly List<Socket> _clients = [];
    private readonly IReadOnlyList<Listener> _listeners = Listeners.Bind(
    [
        new(NetworkKind.Public | NetworkKind.Control, "127.0.0.1", 0, "shared"),
        new(NetworkKind.Public, "127.0.0.1", 0, "public only"),
    ]);

    private WebServer _server = null!;

    private protected virtual DirectTransport? Direct => null;

    public async ValueTask InitializeAsync()
    {
        _server = new WebServer(_listeners, AnswerAsync, TakeLink, Direct, TimeProvider.System, NullLoggerFactory.Instance);
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }
        foreach (var link in _links)
        {
            link.Dispose();
        }
        await _server.StopAsync();
        await _server.DisposeAsync();
        Direct?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_link_keeps_its_bytes_and_can_be_read_without_the_event_loop()
    {
        var client = Connect();
        client.Send([.. LinkPreamble.Bytes, 1, 2, 3]);
        var link = WaitForLink();
        var first = new byte[13];
        Assert.Equal(13, link.Receive(first));
        Assert.Equal([.. LinkPreamble.Bytes, 1, 2, 3], first);
        link.Send("back"u8);
        Assert.Equal("back", Read(client, 4));
        // A socket that was once switched to non-blocking would be served by the shared event loop ever after.
        Assert.True(link.Blocking);
        var flags = File.ReadLines($"/proc/self/fdinfo/{link.Handle}")
            .Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.Equal(0, Convert.ToInt64(flags[6..].Trim(), 8) & 0x800);
    }

    [Fact]
    public void A_preamble_in_pieces_is_a_link()
    {
        var client = Connect();
        foreach (var letter in LinkPreamble.Bytes.ToArray())
        {
            Assert.Empty(Links());
            client.Send([letter]);
        }
        WaitForLink();
    }

    [Fact]
    public void Http_keeps_its_connection_and_takes_requests_in_a_row()
    {
        var client = Connect();
        for (var i = 0; i < 3; i++)
        {
            client.Send(Request($"/kept{i}"));
            Assert.Equal($"/kept{i}", Answer(client));
        }
        client.Send([.. Request("/a"), .. Request("/b"), .. Request("/c")]);
        Assert.Equal("/a", Answer(client));
        Assert.Equal("/b", Answer(client));
        Assert.Equal("/c", Answer(client));
    }

    [Fact]
    public void A_method_that_begins_like_the_preamble_is_http()
    {
        var client = Connect();
        client.Send("SKEIN"u8);
        client.Send("CTL / HTTP/1.1\r\nHost: h\r\n\r\n"u8);
        Assert.Equal("/", Answer(client));
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_answered_and_others_do_not_wait_for_it()
    {
        var slow = Connect();
        foreach (var letter in Request("/slow"))
        {
            slow.Send([letter]);
            var other = Connect();
            other.Send(Request("/quick"));
            Assert.Equal("/quick", Answer(other));
            await Task.Yield();
        }
        Assert.Equal("/slow", Answer(slow));
    }

    [Fact]
    public void A_thousand_silent_connections_hold_nobody_up_and_are_served_when_they_speak()
    {
        var silent = Enumerable.Range(0, LinkLimits.MaxUndecided + 100).Select(_ => Connect()).ToList();
        var link = Connect();
        link.Send(LinkPreamble.Bytes);
        WaitForLink();
        var loud = Connect();
        loud.Send(Request("/loud"));
        Assert.Equal("/loud", Answer(loud));
        // The first was pushed out by later ones, the last still waits: both are HTTP when they say so.
        foreach (var client in new[] { silent[0], silent[500], silent[^1] })
        {
            client.Send(Request("/late"));
            Assert.Equal("/late", Answer(client));
        }
    }

    [Fact]
    public async Task A_silent_connection_ends_with_the_http_server_and_a_late_preamble_is_no_link()
    {
        var silent = Connect();
        var half = Connect();
        half.Send("SKEINC"u8);
        // The limit is in the wait of the system call, which no fake clock can shorten.
        var longer = LinkLimits.Undecided + TimeSpan.FromSeconds(1);
        await Task.Delay(longer, TimeProvider.System, TestContext.Current.CancellationToken);
        silent.Send(LinkPreamble.Bytes);
        half.Send("TL1\n"u8);
        Assert.Contains("400", Text(silent), StringComparison.Ordinal);
        Assert.Contains("400", Text(half), StringComparison.Ordinal);
        Assert.Empty(Links());
    }

    [Fact]
    public void Connections_that_end_before_they_speak_leave_nothing()
    {
        for (var i = 0; i < 50; i++)
        {
            var gone = Connect();
            if (i % 2 == 0)
            {
                gone.LingerState = new LingerOption(true, 0);
            }
            gone.Dispose();
        }
        var client = Connect();
        client.Send(Request("/after"));
        Assert.Equal("/after", Answer(client));
    }

    [Fact]
    public void Only_the_control_network_takes_links()
    {
        var client = Connect(1);
        client.Send(LinkPreamble.Bytes);
        Assert.Contains("400", Text(client), StringComparison.Ordinal);
        Assert.Empty(Links());
        var http = Connect(1);
        http.Send(Request("/public"));
        Assert.Equal("/public", Answer(http));
    }

    [Fact]
    public async Task A_server_that_stops_lets_go_of_its_port_and_of_those_who_wait()
    {
        var waiting = Connect();
        await _server.StopAsync();
        Assert.Equal(0, Receive(waiting, new byte[1]));
        var again = Assert.ThrowsAny<SocketException>(() => Connect());
        Assert.Equal(SocketError.ConnectionRefused, again.SocketErrorCode);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var text = Encoding.UTF8.GetBytes(context.Request.Path.Value!);
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text);
    }

    private void TakeLink(Socket socket)
    {
        lock (_links)
        {
            _links.Add(socket);
        }
    }

    private IReadOnlyList<Socket> Links()
    {
        lock (_links)
        {
            return [.. _links];
        }
    }

    private Socket WaitForLink()
    {
        Assert.True(SpinWait.SpinUntil(() => Links().Count > 0, Limit), "the link has not been taken");
        var link = Assert.Single(Links());
        link.ReceiveTimeout = (int)Limit.TotalMilliseconds;
        return link;
    }

    private Socket Connect(int listener = 0)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)Limit.TotalMilliseconds,
        };
        _clients.Add(client);
        client.Connect(_listeners[listener].Address);
        return client;
    }

    private static byte[] Request(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n");

    /// <summary>The body of one answer.</summary>
    private static string Answer(Socket client)
    {
        var head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head += Read(client, 1);
        }
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        var line = head.Split("\r\n").Single(text => text.StartsWith("Content-Length: ", StringComparison.Ordinal));
        return Read(client, int.Parse(line[16..], null));
    }

    private static string Read(Socket client, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = client.Receive(bytes.AsSpan(read));
            Assert.NotEqual(0, count);
            read += count;
        }
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Everything until the server closes.</summary>
    private static string Text(Socket client)
    {
        var text = new StringBuilder();
        var bytes = new byte[4096];
        for (int read; (read = Receive(client, bytes)) > 0;)
        {
            text.Append(Encoding.UTF8.GetString(bytes, 0, read));
        }
        return text.ToString();
    }

    private static int Receive(Socket client, byte[] bytes)
    {
        try
        {
            return client.Receive(bytes);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
