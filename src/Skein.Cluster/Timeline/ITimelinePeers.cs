using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cluster.Timeline;

/// <summary>How a node asks others for their timelines. A call never throws for what the other does, and is bounded.</summary>
public interface ITimelinePeers
{
    /// <summary>What another node knows of a range.</summary>
    /// <returns>Null when it does not answer.</returns>
    Task<TimelineReply?> AskAsync(NodeInfo node, long first, long last, CancellationToken cancellation);

    /// <summary>A document of another node's timeline.</summary>
    /// <returns>Null when it has none or does not answer.</returns>
    Task<SealedDocument?> FetchAsync(NodeInfo node, DocumentStamp stamp, CancellationToken cancellation);
}
