using Skein.Cluster.Consensus;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Primary;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Gateway.Ports;

namespace Skein.Node.Hosting;

/// <summary>Connects the gateway's view of the control plane to the owner of the document.</summary>
/// <param name="feed">Present document.</param>
/// <param name="owner">Owner of the document: who leads.</param>
/// <param name="catchUp">Pulls documents.</param>
/// <param name="primary">Changes the document; null on a target.</param>
/// <param name="time">Clock.</param>
internal sealed class ControlPlane(
    MetadataFeed feed, MetadataOwner owner, CatchUp catchUp, PrimaryService? primary, TimeProvider time)
    : IControlPlane
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public bool IsPrimary => primary?.IsPrimary == true;

    /// <inheritdoc/>
    public NodeInfo? Primary => owner.Primary;

    /// <inheritdoc/>
    public bool HearsPrimary => owner.Status.Role is not (ConsensusRole.PreCandidate or ConsensusRole.Candidate);

    /// <inheritdoc/>
    public Task<SealedDocument> ProposeAsync(
        ControlChange change, string who, string why, CancellationToken cancellation) =>
        primary is null
            ? throw new StoreException(StoreErrorCode.NotReady, "a target is never the primary")
            : primary.ProposeAsync(change, who, why, cancellation);

    /// <summary>Fetches what an answer has shown to be newer, once and in the background; never throws.</summary>
    public async Task CatchUpOnceAsync(DocumentStamp atLeast)
    {
        using var limit = new CancellationTokenSource(CatchUpLimit, time);
        try
        {
            await catchUp.PullAsync(atLeast, null, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or StoreException)
        {
            // The next message shows it again.
        }
    }

    /// <inheritdoc/>
    public async Task CatchUpAsync(DocumentStamp atLeast, CancellationToken cancellation)
    {
        try
        {
            if (atLeast == DocumentStamp.None)
            {
                await catchUp.PullAsync(null, null, cancellation).ConfigureAwait(false);
                return;
            }
            while (feed.Current.Stamp < atLeast)
            {
                await catchUp.PullAsync(atLeast, null, cancellation).ConfigureAwait(false);
                if (feed.Current.Stamp < atLeast)
                {
                    await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The caller goes on with what there is.
        }
        catch (IOException)
        {
            // Could not be persisted: the present document stays.
        }
    }
}
