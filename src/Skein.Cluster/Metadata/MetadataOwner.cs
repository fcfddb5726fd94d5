using Skein.Cluster.Consensus;
using Skein.Core.Errors;
using Skein.Core.Maps;

namespace Skein.Cluster.Metadata;

/// <summary>What became of a document that was offered.</summary>
public enum AcceptResult
{
    /// <summary>It is now the present one, persisted.</summary>
    Accepted,

    /// <summary>It is the present one already.</summary>
    Same,

    /// <summary>The node has a newer one.</summary>
    Older,

    /// <summary>It is of another cluster.</summary>
    WrongCluster,

    /// <summary>It has the same stamp as the present one and other content. This must never happen.</summary>
    Conflict,
}

/// <summary>
/// Owns the control document of a node. The rules, kept by the consensus behind it:
/// <list type="number">
/// <item>One writer at a time.</item>
/// <item>The next document is greater than the present one and of the same cluster.</item>
/// <item>Equal stamps mean equal bytes; anything else is refused and logged as critical.</item>
/// <item>A document is persisted and committed before it is published, and published before it is sent to observers.</item>
/// </list>
/// </summary>
/// <param name="driver">The consensus.</param>
/// <param name="feed">Where documents are published.</param>
/// <param name="time">Clock of the timeline.</param>
public sealed class MetadataOwner(ConsensusDriver driver, MetadataFeed feed, TimeProvider time)
{
    /// <summary>The present document: the newest that this node knows to be committed.</summary>
    public SealedDocument Current => feed.Committed;

    /// <summary>The consensus as this node sees it.</summary>
    public ConsensusStatus Status => driver.Status;

    /// <summary>For a primary: time since a majority was last known to follow it.</summary>
    public TimeSpan QuorumAge => driver.QuorumAge;

    /// <summary>
    /// The primary as this node knows it: the one it hears, else the one that the document names; null for none.
    /// </summary>
    public Core.Nodes.NodeInfo? Primary
    {
        get
        {
            var map = Current.Document.Map;
            var heard = driver.Status.PrimaryId;
            return heard.Length != 0 && map.Proxies.TryGetValue(heard, out var node) ? node : map.Primary;
        }
    }

    /// <summary>Takes a committed document from another node.</summary>
    /// <exception cref="IOException">When it cannot be persisted; nothing has changed then.</exception>
    public Task<AcceptResult> AcceptAsync(SealedDocument offered, CancellationToken cancellation) =>
        driver.LearnAsync(offered, cancellation);

    /// <summary>Gives a newborn cluster up for an established one; false when it is no longer newborn.</summary>
    public Task<bool> AbandonAsync(SealedDocument other, CancellationToken cancellation) =>
        driver.AbandonAsync(other, cancellation);

    /// <summary>Makes a change; for the primary only. Completes when a majority of the voters has it on disk.</summary>
    /// <param name="change">The change.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="why">Reason, or empty.</param>
    /// <param name="cancellation">Gives up waiting; once begun, the change may be made.</param>
    /// <returns>The document that holds the change: the present one when nothing had to change.</returns>
    /// <exception cref="StoreException">When the change makes no sense, or the node may not commit.</exception>
    public Task<SealedDocument> CommitAsync(
        ControlChange change, string who, string why, CancellationToken cancellation) =>
        driver.ProposeAsync(change, who, why, cancellation);

    /// <summary>Forms a cluster: the first document of all. Only for a node that holds none.</summary>
    /// <exception cref="StoreException">When the node already belongs to a cluster.</exception>
    public Task<SealedDocument> FormAsync(ControlDocument first, string who, CancellationToken cancellation)
    {
        var document = ControlDocumentCodec.Seal(ContactUrls.Apply(first) with
        {
            Stamp = new DocumentStamp(1, 1, 1),
            LastChange = new ChangeRecord("form the cluster", who, "", time.GetUtcNow().ToUnixTimeMilliseconds()),
        });
        return driver.FormAsync(document, cancellation);
    }
}
