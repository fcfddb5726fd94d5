using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Core.Maps;

namespace Skein.Cluster.Metasync;

/// <summary>
/// Takes documents that other nodes send. A node that has no document takes one only when it is waiting to be let in
/// and the document has it in its map.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="log">Log.</param>
public sealed class MetasyncReceiver(string selfId, MetadataOwner owner, ILogger<MetasyncReceiver> log)
{
    /// <summary>Handles a document.</summary>
    /// <returns>What this node holds afterwards.</returns>
    public async Task<PushReply> ReceiveAsync(SealedDocument document, CancellationToken cancellation)
    {
        if (document.Document.Map.Find(selfId) is null)
        {
            return Answer("this node is not in the map of that document");
        }
        var result = await owner.AcceptAsync(document, cancellation).ConfigureAwait(false);
        switch (result)
        {
            case AcceptResult.Accepted:
                ClusterLog.Adopted(log, document.Stamp, document.Document.LastChange.What);
                return Answer("");
            case AcceptResult.WrongCluster:
                ClusterLog.WrongCluster(log, owner.Current.Uuid, document.Uuid);
                return Answer($"this node belongs to cluster \"{owner.Current.Uuid}\"");
            case AcceptResult.Conflict:
                return Answer($"this node holds another document at {document.Stamp}");
            default:
                return Answer("");
        }
    }

    private PushReply Answer(string reason) => new(true, DocumentTag.Of(owner.Current), reason);
}
