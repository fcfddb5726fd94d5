using Microsoft.Extensions.Logging;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Primary;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Rebalance;

/// <summary>
/// While this node leads: carries out <see cref="RebalancePolicy"/>. It holds no state of its own, so that a new primary
/// goes on where the old one was: the targets report to it with their next keepalives.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="board">What the targets report.</param>
/// <param name="tracker">Knows who was heard of.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
public sealed class RebalanceKeeper(
    string selfId,
    MetadataOwner owner,
    RebalanceBoard board,
    KeepAliveTracker tracker,
    TimeProvider time,
    ILogger<RebalanceKeeper> log)
{
    /// <summary>Longest pause between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Shortest pause between two looks: targets that get clean together are one change.</summary>
    public static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    private readonly KeeperPause _pause = new(Breath, Interval, time);
    private long _leadsSince;

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var news = board.News; // taken before the look: what is reported during it is not missed
                if (!owner.Status.IsEstablished)
                {
                    _leadsSince = 0;
                }
                else
                {
                    _leadsSince = _leadsSince == 0 ? time.GetTimestamp() : _leadsSince;
                    await LookAsync(cancellation).ConfigureAwait(false);
                }
                await _pause.WaitAsync(news, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private bool IsSilent(NodeInfo node) =>
        tracker.SilentFor(node.Id, time.GetElapsedTime(_leadsSince)) > owner.Current.Document.Config.Skein.DownAfter;

    private async Task LookAsync(CancellationToken cancellation)
    {
        var document = owner.Current.Document;
        var change = RebalancePolicy.Next(
            document, node => board.Find(node.Id, node.Incarnation, document.Stamp.Generation), IsSilent);
        if (change is null)
        {
            return;
        }
        try
        {
            var version = document.Rebalance.Version;
            await owner
                .CommitAsync(
                    change is NoteCleanTargets
                        ? change
                        : (ControlChange)new ChangeIf(
                            change,
                            present => present.Rebalance.Version == version
                                && present.Rebalance.OwnersVersion == document.Rebalance.OwnersVersion,
                            "the owners have changed meanwhile"),
                    selfId, "", cancellation)
                .ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            ClusterLog.RebalanceNotChanged(log, change.Describe(), e.Message);
        }
    }
}
