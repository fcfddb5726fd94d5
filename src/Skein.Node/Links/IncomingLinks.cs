using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;

namespace Skein.Node.Links;

/// <summary>Hands a message of another voter to the consensus; the answer, or null for none, comes to the second.</summary>
internal delegate void ReceiveMessage(ConsensusMessage message, Action<ConsensusMessage?> onAnswer);

/// <summary>The links that other voters have made to this node, each with a thread of its own.</summary>
/// <param name="receive">Takes their messages.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
internal sealed class IncomingLinks(ReceiveMessage receive, TimeProvider time, ILogger<IncomingLinks> log) : IDisposable
{
    private readonly List<IncomingLink> _links = [];
    private readonly Lock _gate = new();
    private bool _isStopping;

    /// <summary>Number of links.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _links.Count;
            }
        }
    }

    /// <summary>Takes a connection that begins with the preamble, which is still to be read; owns it.</summary>
    public void Take(Socket socket)
    {
        lock (_gate)
        {
            if (_isStopping || _links.Count >= 2 * LinkLimits.MaxIncoming)
            {
                socket.Dispose();
                return;
            }
            var alive = _links.Where(link => !link.IsStopping).ToList();
            if (alive.Count >= LinkLimits.MaxIncoming)
            {
                alive.MinBy(link => link.HeardAt)!.Stop();
            }
            _links.Add(new IncomingLink(socket, receive, time, log, Remove));
        }
    }

    /// <summary>Ends all links and waits for their threads.</summary>
    public void Dispose()
    {
        IncomingLink[] all;
        lock (_gate)
        {
            _isStopping = true;
            all = [.. _links];
        }
        foreach (var link in all)
        {
            link.Stop();
        }
        foreach (var link in all)
        {
            link.Join();
        }
    }

    private void Remove(IncomingLink link)
    {
        lock (_gate)
        {
            _links.Remove(link);
        }
    }
}
