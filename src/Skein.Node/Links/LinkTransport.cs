using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;
using Skein.Core.Nodes;

namespace Skein.Node.Links;

/// <summary>
/// Messages between voters over links of their own: nothing that the data path does, and no thread of the pool, stands
/// in their way. A link is made when there is something to send, and kept.
/// </summary>
/// <param name="patience">
/// Silence of another node, after a message, that ends the connection to it; how long a message may wait.
/// </param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
internal sealed class LinkTransport(TimeSpan patience, TimeProvider time, ILogger<LinkTransport> log)
    : IConsensusTransport, IDisposable
{
    private readonly Dictionary<string, OutgoingLink> _links = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _isStopping;

    /// <inheritdoc/>
    public void Send(NodeInfo to, ConsensusMessage message, Action<ConsensusMessage> onReply)
    {
        // A node that has moved gets a link of its own; the old one ends when it is idle.
        var key = to.Id + " " + to.ControlNet.Url;
        lock (_gate)
        {
            if (_isStopping || (_links.TryGetValue(key, out var link) && link.TrySend(message, onReply)))
            {
                return;
            }
            if (link is not null)
            {
                _links.Remove(key);
                link.Dispose();
            }
            if (_links.Count == LinkLimits.MaxOutgoing)
            {
                RemoveEnded();
            }
            if (_links.Count < LinkLimits.MaxOutgoing)
            {
                link = new OutgoingLink(to, patience, time, log);
                _links.Add(key, link);
                link.TrySend(message, onReply);
            }
        }
    }

    /// <summary>Ends all links and waits for their threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
        }
        foreach (var link in _links.Values)
        {
            link.Stop();
        }
        foreach (var link in _links.Values)
        {
            link.Dispose();
        }
        _links.Clear();
    }

    private void RemoveEnded()
    {
        foreach (var (key, link) in _links.ToArray())
        {
            if (link.HasEnded)
            {
                _links.Remove(key);
                link.Dispose();
            }
        }
    }
}
