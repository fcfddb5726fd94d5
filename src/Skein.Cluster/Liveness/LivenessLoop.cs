using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Liveness;

/// <summary>While this node leads: runs a <see cref="FailureDetector"/> over the network and commits what it finds.</summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="tracker">Knows who was heard of.</param>
/// <param name="transport">Way to others.</param>
/// <param name="metasyncer">Told who answers again.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
public sealed class LivenessLoop(
    string selfId,
    MetadataOwner owner,
    KeepAliveTracker tracker,
    IPeerTransport transport,
    Metasyncer metasyncer,
    TimeProvider time,
    ILogger<LivenessLoop> log)
{
    /// <summary>Nodes that are asked to try when this node does not reach one.</summary>
    public const int Helpers = 3;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(800);

    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentQueue<ProbeReport> _reports = new();
    private volatile IReadOnlyList<string> _alerts = [];
    private int _turn;

    /// <summary>What an administrator should know now; empty on a node that does not lead.</summary>
    public IReadOnlyList<string> Alerts => _alerts;

    private long Now => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        FailureDetector? detector = null;
        try
        {
            while (true)
            {
                await Task.Delay(Period, time, cancellation).ConfigureAwait(false);
                if (!owner.Status.IsEstablished)
                {
                    detector = null;
                    _alerts = [];
                    _reports.Clear();
                    tracker.Forget();
                    continue;
                }
                detector ??= new FailureDetector(selfId, Options(owner.Current.Document.Config.Skein));
                await LookAsync(detector, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>Tries to reach a node, on behalf of another one or of this one.</summary>
    /// <returns>
    /// Whether the control network answered, whether the public and the data network did, and the incarnation that
    /// answered on the control network.
    /// </returns>
    public static async Task<(bool Control, bool Data, string Incarnation)> TryAsync(
        IPeerTransport transport, NodeInfo node, CancellationToken cancellation)
    {
        var urls = new[] { node.ControlNet.Url, node.DataNet.Url, node.PublicNet.Url }.Distinct().ToList();
        var answers = await Task.WhenAll(urls.Select(url =>
            transport.IdentifyAsync(url, ProbeTimeout, cancellation))).ConfigureAwait(false);
        var control = answers[0]?.Id == node.Id;
        return (control, answers.All(found => found?.Id == node.Id), control ? answers[0]!.Incarnation : "");
    }

    private static FailureDetectorOptions Options(SkeinSection config) => new()
    {
        Period = (long)Period.TotalMilliseconds,
        ProbeAfter = (long)config.KeepaliveInterval.TotalMilliseconds * 3 / 2,
        SuspectAfter = (long)config.SuspectAfter.TotalMilliseconds,
        DownAfter = (long)config.DownAfter.TotalMilliseconds,
    };

    private async Task LookAsync(FailureDetector detector, CancellationToken cancellation)
    {
        while (_reports.TryDequeue(out var report))
        {
            detector.OnProbe(report, Now);
        }
        var document = owner.Current.Document;
        var now = Now;
        var step = detector.Tick(
            document, id => tracker.SinceHeard(id) is { } since ? now - (long)since.TotalMilliseconds : null, now);
        foreach (var id in step.Probe)
        {
            _ = ProbeAsync(document.Map, id, cancellation);
        }
        foreach (var alert in step.Alerts.Except(_alerts))
        {
            ClusterLog.Alert(log, alert);
        }
        _alerts = step.Alerts;
        foreach (var change in step.Changes)
        {
            await CommitAsync(change, cancellation).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(LivenessChange change, CancellationToken cancellation)
    {
        try
        {
            await owner.CommitAsync(change.Change, selfId, change.Why, cancellation).ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            ClusterLog.LivenessNotChanged(log, change.Change.NodeId, e.Message);
        }
    }

    /// <summary>Asks a node directly and, where that fails, through others at once.</summary>
    private async Task ProbeAsync(ClusterMap map, string id, CancellationToken cancellation)
    {
        var (control, data) = (false, false);
        try
        {
            if (map.Find(id) is { } node)
            {
                (control, data, var incarnation) = await TryAsync(transport, node, cancellation).ConfigureAwait(false);
                if (control)
                {
                    metasyncer.Reached(id, hasLostItsDisk: incarnation != node.Incarnation);
                }
                if (!control || !data)
                {
                    var answers = await Task.WhenAll(HelpersFor(map, id).Select(helper => transport.ProbeAsync(
                        helper.ControlNet.Url, id, ProbeTimeout * 2, cancellation))).ConfigureAwait(false);
                    control |= answers.Any(answer => answer.Control);
                    data |= answers.Any(answer => answer.Data);
                }
            }
            _reports.Enqueue(new ProbeReport(id, control, data));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception e)
        {
            ClusterLog.LoopFailed(log, e);
            _reports.Enqueue(new ProbeReport(id, control, data));
        }
    }

    private List<NodeInfo> HelpersFor(ClusterMap map, string id)
    {
        var others = map.AllNodes.Where(node => node.Id != id && node.Id != selfId && node.IsActive).ToList();
        var start = others.Count == 0 ? 0 : (int)((uint)Interlocked.Increment(ref _turn) % (uint)others.Count);
        return [.. others.Skip(start).Concat(others.Take(start)).Take(Helpers)];
    }
}
