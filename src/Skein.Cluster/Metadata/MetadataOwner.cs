using Microsoft.Extensions.Logging;
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
/// Owns the control document of a node. The rules, kept here and nowhere else:
/// <list type="number">
/// <item>One writer at a time.</item>
/// <item>The next document is greater than the present one and of the same cluster.</item>
/// <item>Equal stamps mean equal bytes; anything else is refused and logged as critical.</item>
/// <item>A document is persisted before it is published, and published before it is sent to anyone.</item>
/// </list>
/// </summary>
public sealed class MetadataOwner : IDisposable
{
    private readonly ControlDocumentFile _file;
    private readonly MetadataFeed _feed;
    private readonly TimeProvider _time;
    private readonly ILogger<MetadataOwner> _log;
    private readonly SemaphoreSlim _writer = new(1, 1);

    /// <summary>Loads what the node has on disk and publishes it.</summary>
    /// <exception cref="StoreException">When there is a document on disk and no generation of it is readable.</exception>
    public MetadataOwner(ControlDocumentFile file, MetadataFeed feed, TimeProvider time, ILogger<MetadataOwner> log)
    {
        _file = file;
        _feed = feed;
        _time = time;
        _log = log;
        var loaded = file.Load(out var problems);
        foreach (var problem in problems)
        {
            ClusterLog.DocumentDamaged(log, problem);
        }
        if (loaded.Document.Exists)
        {
            feed.Publish(loaded);
        }
    }

    /// <summary>The present document.</summary>
    public SealedDocument Current => _feed.Current;

    /// <summary>Takes a document from another node.</summary>
    /// <exception cref="IOException">When it cannot be persisted; nothing has changed then.</exception>
    public async Task<AcceptResult> AcceptAsync(SealedDocument offered, CancellationToken cancellation)
    {
        await _writer.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var current = Current;
            if (current.Document.Exists && offered.Uuid != current.Uuid)
            {
                return AcceptResult.WrongCluster;
            }
            if (offered.Stamp == current.Stamp && current.Document.Exists)
            {
                if (offered.Hash == current.Hash)
                {
                    return AcceptResult.Same;
                }
                ClusterLog.StampConflict(_log, offered.Stamp, current.Hash, offered.Hash);
                return AcceptResult.Conflict;
            }
            if (!offered.IsSuccessorOf(current))
            {
                return AcceptResult.Older;
            }
            _file.Save(offered);
            _feed.Publish(offered);
            return AcceptResult.Accepted;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>
    /// Makes the next document out of the present one; for the primary only. The three contact URLs are brought up to
    /// date in the same document.
    /// </summary>
    /// <param name="change">The change.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="why">Reason, or empty.</param>
    /// <param name="mayCommit">Asked under the lock: false refuses the change because the node is no longer primary.</param>
    /// <param name="cancellation">Gives up waiting; once begun, the change is made.</param>
    /// <returns>The document that holds the change: the present one when nothing had to change.</returns>
    /// <exception cref="StoreException">When the change makes no sense, or the node may not commit.</exception>
    /// <exception cref="IOException">When it cannot be persisted; nothing has changed then.</exception>
    public async Task<SealedDocument> CommitAsync(
        ControlChange change,
        string who,
        string why,
        Func<SealedDocument, bool> mayCommit,
        CancellationToken cancellation)
    {
        await _writer.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var current = Current;
            if (!mayCommit(current))
            {
                throw new StoreException(StoreErrorCode.NotReady, "this node is not the primary: ask again");
            }
            var changed = change.Apply(current.Document);
            if (ReferenceEquals(changed, current.Document))
            {
                return current;
            }
            var next = Seal(ContactUrls.Apply(changed), current.Stamp, change.Describe(), who, why);
            _file.Save(next);
            _feed.Publish(next);
            ClusterLog.Committed(_log, next.Stamp, change.Describe(), who);
            return next;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Forms a cluster: the first document of all. Only for a node that holds none.</summary>
    /// <exception cref="StoreException">When the node already belongs to a cluster.</exception>
    public async Task<SealedDocument> FormAsync(ControlDocument first, string who, CancellationToken cancellation)
    {
        await _writer.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Current.Document.Exists)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"this node already belongs to cluster \"{Current.Uuid}\"");
            }
            var next = Seal(ContactUrls.Apply(first), new DocumentStamp(1, 1, 0), "form the cluster", who, "");
            _file.Save(next);
            _feed.Publish(next);
            ClusterLog.Formed(_log, next.Uuid);
            return next;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private SealedDocument Seal(ControlDocument document, DocumentStamp before, string what, string who, string why)
    {
        var now = _time.GetUtcNow();
        return ControlDocumentCodec.Seal(document with
        {
            Stamp = before with { Version = before.Version + 1 },
            LastChange = new ChangeRecord(what, who, why, now.ToUnixTimeMilliseconds()),
        });
    }
}
