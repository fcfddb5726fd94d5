using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Node.Intra;
using Skein.Node.Links;
using Skein.TestKit;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Node.Links;

/// <summary>Both ends of control links, with real sockets and a consensus that is a delegate.</summary>
public sealed class LinkTransportTests : IDisposable
{
    // Tests that count connections must not lose one to a pause of a busy machine.
    private readonly LinkTransport _transport =
        new(TimeSpan.FromSeconds(30), TimeProvider.System, NullLogger<LinkTransport>.Instance);

    private readonly ConcurrentQueue<ConsensusMessage> _replies = new();
    private readonly List<Peer> _peers = [];
    private long _sent;

    public void Dispose()
    {
        _transport.Dispose();
        foreach (var peer in _peers)
        {
            peer.Dispose();
        }
    }

    [Fact]
    public async Task A_message_gets_its_answer_over_one_connection()
    {
        var peer = Start();
        for (var i = 0; i < 20; i++)
        {
            Heartbeat(peer);
            await UntilAsync(() => _replies.Count == i + 1);
        }
        Assert.Equal(1, peer.Accepted);
        Assert.All(_replies, reply => Assert.Equal("peer", reply.From));
    }

    [Fact]
    public async Task A_message_without_an_answer_leaves_the_link_in_order()
    {
        var peer = Start();
        _transport.Send(peer.Node, new StandNow("p", "i", "u", new Epoch(1, 1)), _replies.Enqueue);
        await UntilAsync(() => peer.Heard.Count == 1);
        Heartbeat(peer);
        await UntilAsync(() => _replies.Count == 1);
        Assert.Equal(1, peer.Accepted);
    }

    [Fact]
    public async Task A_document_arrives_whole()
    {
        var peer = Start();
        var document = ControlDocumentCodec.Seal(ControlDocument.Empty with { Stamp = new DocumentStamp(1, 1, 7) });
        var message = new AppendRequest(
            "p", "i", "u", new Epoch(1, 1), document.Stamp, document.Hash, default, document, 1);
        _transport.Send(peer.Node, message, _replies.Enqueue);
        await UntilAsync(() => _replies.Count == 1);
        Assert.True(peer.Heard.TryDequeue(out var heard));
        Assert.Equal(document.Hash, Assert.IsType<AppendRequest>(heard).Body!.Hash);
    }

    [Fact]
    public async Task A_node_that_comes_back_at_its_port_is_reached_again()
    {
        var peer = Start();
        Heartbeat(peer);
        await UntilAsync(() => _replies.Count == 1);
        peer.Dispose();
        for (var i = 0; i < 5; i++)
        {
            Heartbeat(peer);
        }
        var again = Start(peer.Port);
        await UntilAsync(() =>
        {
            Heartbeat(again);
            return _replies.Count >= 2;
        });
    }

    [Fact]
    public async Task An_old_connection_costs_no_message()
    {
        var peer = Start();
        Heartbeat(peer);
        await UntilAsync(() => _replies.Count == 1);
        peer.Dispose();
        var again = Start(peer.Port);
        // One message and no other: it is sent again on a new connection when the old one turns out to be dead.
        Heartbeat(again);
        await UntilAsync(() => _replies.Count == 2);
    }

    [Fact]
    public async Task A_node_that_accepts_and_is_silent_is_given_up_and_then_tried_again()
    {
        using var impatient = new LinkTransport(
            TimeSpan.FromMilliseconds(100), TimeProvider.System, NullLogger<LinkTransport>.Instance);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var node = NodeAt(((IPEndPoint)silent.LocalEndpoint).Port);
        var connections = 0;
        await UntilAsync(() =>
        {
            Heartbeat(node, impatient);
            while (silent.Pending())
            {
                _peers.Add(new Peer(silent.AcceptSocket()));
                connections++;
            }
            return connections >= 2;
        });
        Assert.Empty(_replies);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("\u0005\0\0\0abcde")]
    [InlineData("\u0005\0\0\0ab")]
    public async Task An_answer_that_makes_no_sense_ends_the_connection_and_not_the_link(string garbage)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var accepting = listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Heartbeat(NodeAt(port));
        using (var connection = await accepting)
        {
            connection.Send(System.Text.Encoding.ASCII.GetBytes(garbage));
            connection.Shutdown(SocketShutdown.Send);
            await UntilAsync(() => connection.Poll(0, SelectMode.SelectRead));
            listener.Stop();
        }
        Assert.Empty(_replies);
        var peer = Start(port);
        await UntilAsync(() =>
        {
            Heartbeat(peer);
            return !_replies.IsEmpty;
        });
    }

    [Fact]
    public async Task Garbage_from_another_node_ends_its_link_only()
    {
        var peer = Start();
        foreach (byte[] garbage in new byte[][] { [0xff, 0xff, 0xff, 0xff], [2, 0, 0, 0, 1, 1], [0, 0, 0, 0], [9, 0, 0, 0, 1] })
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, peer.Port, TestContext.Current.CancellationToken);
            client.Client.Send([.. LinkPreamble.Bytes, .. garbage]);
            client.Client.Shutdown(SocketShutdown.Send);
            client.ReceiveTimeout = 30_000;
            Assert.True(IsClosed(client.Client));
        }
        Assert.Empty(peer.Heard);
        Heartbeat(peer);
        await UntilAsync(() => _replies.Count == 1);
    }

    [Fact]
    public async Task Silent_links_make_room_for_others()
    {
        var peer = Start();
        var clients = new List<TcpClient>();
        for (var i = 0; i < LinkLimits.MaxIncoming + 10; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, peer.Port, TestContext.Current.CancellationToken);
            client.Client.Send(LinkPreamble.Bytes);
            clients.Add(client);
        }
        await UntilAsync(() => peer.Accepted == clients.Count);
        await UntilAsync(() => peer.Incoming.Count <= LinkLimits.MaxIncoming);
        Heartbeat(peer);
        await UntilAsync(() => _replies.Count == 1);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Nothing_is_left_when_both_ends_stop()
    {
        var peer = Start();
        Heartbeat(peer);
        await UntilAsync(() => _replies.Count == 1);
        Assert.Equal(1, peer.Incoming.Count);
        _transport.Dispose();
        await UntilAsync(() => peer.Incoming.Count == 0);
        // After the end a message is lost, without an exception.
        Heartbeat(peer);
        Assert.Single(_replies);
    }

    [Fact]
    public async Task A_consensus_that_never_answers_does_not_keep_the_node_from_stopping()
    {
        var peer = Start(answer: false);
        Heartbeat(peer);
        await UntilAsync(() => peer.Heard.Count == 1);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        peer.Dispose();
        Assert.Equal(0, peer.Incoming.Count);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started), TimeSpan.Zero, LinkLimits.Answer);
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private void Heartbeat(Peer peer) => Heartbeat(peer.Node);

    private void Heartbeat(NodeInfo node) => Heartbeat(node, _transport);

    private void Heartbeat(NodeInfo node, LinkTransport transport) => transport.Send(
        node,
        new AppendRequest("p", "i", "u", new Epoch(1, 1), default, "", default, null, Interlocked.Increment(ref _sent)),
        _replies.Enqueue);

    private Peer Start(int port = 0, bool answer = true)
    {
        var peer = new Peer(port, answer);
        _peers.Add(peer);
        return peer;
    }

    private static NodeInfo NodeAt(int port) =>
        TestNodes.Proxy(2) with { ControlNet = NodeAddress.Create("http", "127.0.0.1", port) };

    private static Task UntilAsync(Func<bool> isSo) =>
        Poll.UntilAsync(() => Task.FromResult(isSo() ? null : "it is not so yet"));

    /// <summary>The other node: it takes links without looking at what they begin with.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly Thread? _thread;
        private readonly bool _answer;
        private int _accepted;

        public Peer(int port, bool answer)
        {
            _answer = answer;
            Incoming = new IncomingLinks(Receive, TimeProvider.System, NullLogger<IncomingLinks>.Instance);
            _listening.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _listening.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _listening.Listen();
            Port = ((IPEndPoint)_listening.LocalEndPoint!).Port;
            Node = NodeAt(Port);
            _thread = new Thread(Accept) { IsBackground = true };
            _thread.Start();
        }

        /// <summary>One that only holds a connection.</summary>
        public Peer(Socket held)
        {
            _listening = held;
            Node = NodeAt(0);
            Incoming = new IncomingLinks((_, _) => { }, TimeProvider.System, NullLogger<IncomingLinks>.Instance);
        }

        public IncomingLinks Incoming { get; }

        public int Port { get; }

        public NodeInfo Node { get; }

        public int Accepted => Volatile.Read(ref _accepted);

        public ConcurrentQueue<ConsensusMessage> Heard { get; } = new();

        public void Dispose()
        {
            _listening.Dispose();
            _thread?.Join();
            Incoming.Dispose();
        }

        private void Accept()
        {
            try
            {
                while (true)
                {
                    Incoming.Take(_listening.Accept());
                    Interlocked.Increment(ref _accepted);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Disposed of.
            }
        }

        private void Receive(ConsensusMessage message, Action<ConsensusMessage?> onAnswer)
        {
            Heard.Enqueue(message);
            if (_answer)
            {
                onAnswer(message is AppendRequest append
                    ? new AppendReply("peer", "j", "u", append.Epoch, append.Stamp, append.Hash, append.SentAt)
                    : null);
            }
        }
    }
}
