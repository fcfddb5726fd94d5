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
/// <param name="invited">
/// Told of the document of a cluster that counts this node among its own: the first one here, or one of another cluster.
/// </param>
/// <param name="log">Log.</param>
public sealed class MetasyncReceiver(
    string selfId, MetadataOwner owner, Action<SealedDocument> invited, ILogger<MetasyncReceiver> log)
{
    /// <summary>Handles a document.</summary>
    /// <returns>What this node holds afterwards.</returns>
    public async Task<PushReply> ReceiveAsync(SealedDocument document, CancellationToken cancellation)
    {
        if (document.Document.Map.Find(selfId) is null)
        {
            return Answer("this node is not in the map of that document");
        }
        var knewNone = !owner.Current.Document.Exists;
        var result = await owner.AcceptAsync(document, cancellation).ConfigureAwait(false);
        switch (result)
        {
            case AcceptResult.Accepted:
                if (knewNone)
                {
                    invited(document);
                }
                ClusterLog.Adopted(log, document.Stamp, document.Document.LastChange.What);
                return Answer("");
            case AcceptResult.WrongCluster when owner.Current.Document.IsNewbornOf(selfId):
                invited(document);
                return Answer($"this node belongs to the newborn cluster \"{owner.Current.Uuid}\" and will give it up");
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
