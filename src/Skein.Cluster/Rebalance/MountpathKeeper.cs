using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Cluster.Primary;
using Skein.Core.Errors;

namespace Skein.Cluster.Rebalance;

/// <summary>While this node leads: carries out <see cref="MountpathPolicy"/>.</summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="board">What the targets report.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
public sealed class MountpathKeeper(
    string selfId, MetadataOwner owner, RebalanceBoard board, TimeProvider time, ILogger<MountpathKeeper> log)
{
    /// <summary>Longest pause between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Shortest pause between two looks.</summary>
    public static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    private readonly KeeperPause _pause = new(Breath, Interval, time);
    private volatile string _held = "";

    /// <summary>Why a target without a mountpath goes on owning data; empty when there is none.</summary>
    public string Held => _held;

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var news = board.News; // taken before the look: what is reported during it is not missed
                if (owner.Status.IsEstablished)
                {
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

    private async Task LookAsync(CancellationToken cancellation)
    {
        var change = MountpathPolicy.Next(
            owner.Current.Document, node => board.HasNoMountpath(node.Id, node.Incarnation), out var held);
        if (held.Length != 0 && held != _held)
        {
            ClusterLog.MountpathsHeld(log, held);
        }
        _held = held;
        if (change is null)
        {
            return;
        }
        try
        {
            await owner.CommitAsync(change, selfId, "mountpaths", cancellation).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            ClusterLog.MountpathsHeld(log, $"{change.Describe()}: {e.Message}");
        }
    }
}
