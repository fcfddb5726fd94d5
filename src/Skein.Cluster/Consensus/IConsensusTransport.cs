using Skein.Core.Nodes;

namespace Skein.Cluster.Consensus;

/// <summary>Carries messages between voters. It may lose, delay and repeat them.</summary>
public interface IConsensusTransport
{
    /// <summary>
    /// Sends a message; never blocks and never throws. What comes back, if anything, is handed to
    /// <paramref name="onReply"/>.
    /// </summary>
    void Send(NodeInfo to, ConsensusMessage message, Action<ConsensusMessage> onReply);
}
