using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Core.Errors;

namespace Skein.Cluster.Primary;

/// <summary>While this node leads: looks whether the voters are the right ones, and changes them one at a time.</summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="metasyncer">Knows who holds what.</param>
/// <param name="tracker">Knows who was heard of.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
public sealed class VoterKeeper(
    string selfId,
    MetadataOwner owner,
    Metasyncer metasyncer,
    KeepAliveTracker tracker,
    TimeProvider time,
    ILogger<VoterKeeper> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private long _leadsSince;

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, cancellation).ConfigureAwait(false);
                if (!owner.Status.IsEstablished)
                {
                    _leadsSince = 0;
                    continue;
                }
                if (_leadsSince == 0)
                {
                    _leadsSince = time.GetTimestamp();
                }
                await LookAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var document = owner.Current;
        var config = document.Document.Config.Skein;
        var change = VoterPolicy.Next(
            document.Document,
            selfId,
            id =>
            {
                var silent = tracker.SinceHeard(id) ?? time.GetElapsedTime(_leadsSince);
                return new VoterHealth(
                    tracker.SinceHeard(id) is { } heard
                        && heard < config.KeepaliveInterval * 3
                        && metasyncer.Held(id) >= document.Stamp,
                    (long)silent.TotalMilliseconds);
            },
            (long)config.VoterReplaceAfter.TotalMilliseconds);
        if (change is null)
        {
            return;
        }
        try
        {
            await owner.CommitAsync(change, selfId, "voter policy", cancellation).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            ClusterLog.VotersNotChanged(log, e.Message);
        }
    }
}
