using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Cluster.Peers;
using Skein.Core.Maps;

namespace Skein.Cluster.Metasync;

/// <summary>Pulls the document from another node when a message shows that this node is behind.</summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="transport">Way to others.</param>
/// <param name="log">Log.</param>
public sealed class CatchUp(string selfId, MetadataOwner owner, IPeerTransport transport, ILogger<CatchUp> log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>
    /// Asks the primary (or the node given) for its document, and takes it if it is newer. Calls that come while one is
    /// under way wait for it and look again.
    /// </summary>
    /// <param name="atLeast">Returns at once when the node holds this or newer; null asks in any case.</param>
    /// <param name="from">Control URL to ask; null for the primary.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task PullAsync(DocumentStamp? atLeast, string? from, CancellationToken cancellation)
    {
        if (atLeast is { } wanted && owner.Current.Stamp >= wanted)
        {
            return;
        }
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var current = owner.Current;
            if (atLeast is { } still && current.Stamp >= still)
            {
                return;
            }
            var primary = owner.Primary;
            var url = from ?? (primary is null || primary.Id == selfId ? null : primary.ControlNet.Url);
            if (url is null)
            {
                return;
            }
            var timeout = current.Document.Config.Skein.MetasyncTimeout;
            var document = await transport.PullAsync(url, timeout, cancellation).ConfigureAwait(false);
            if (document is null || document.Document.Map.Find(selfId) is null)
            {
                return;
            }
            if (await owner.AcceptAsync(document, cancellation).ConfigureAwait(false) == AcceptResult.Accepted)
            {
                ClusterLog.Adopted(log, document.Stamp, document.Document.LastChange.What);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}
