using Microsoft.Extensions.Logging;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Operations;
using Skein.Cluster.Primary;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Lifecycle;

/// <summary>
/// While this node leads: carries out <see cref="LifecyclePolicy"/>. What it remembers is only who has answered, and a
/// node that has answers again: so a new primary goes on where the old one was.
/// </summary>
public sealed class LifecycleKeeper
{
    /// <summary>Longest pause between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Shortest pause between two looks.</summary>
    public static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    /// <summary>Shortest pause between two attempts to reach a node, and to hand the lead over.</summary>
    public static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly string _selfId;
    private readonly MetadataOwner _owner;
    private readonly LifecycleParts _parts;
    private readonly TimeProvider _time;
    private readonly ILogger<LifecycleKeeper> _log;
    private readonly KeeperPause _pause;
    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource _news = NewSignal();
    private volatile IReadOnlyList<string> _notes = [];
    private long _leadsSince;

    /// <summary>Makes the keeper.</summary>
    /// <param name="selfId">This node's id.</param>
    /// <param name="owner">Owner of the document.</param>
    /// <param name="parts">What it works with.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public LifecycleKeeper(
        string selfId, MetadataOwner owner, LifecycleParts parts, TimeProvider time, ILogger<LifecycleKeeper> log)
    {
        _selfId = selfId;
        _owner = owner;
        _parts = parts;
        _time = time;
        _pause = new KeeperPause(Breath, Interval, time);
        _log = log;
    }

    /// <summary>Which nodes wait, and for what; empty on a node that does not lead.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var followed = _parts.Feed.Subscribe(document =>
        {
            if (document.Document.Transitions.Count != 0)
            {
                _news.TrySetResult();
            }
        });
        try
        {
            while (true)
            {
                var news = _news.Task; // taken before the look: what happens during it is not missed
                if (_owner.Status.IsEstablished)
                {
                    _leadsSince = _leadsSince == 0 ? _time.GetTimestamp() : _leadsSince;
                    await LookAsync(cancellation).ConfigureAwait(false);
                }
                else
                {
                    _leadsSince = 0;
                    _attempts.Clear();
                    _notes = [];
                }
                await _pause.WaitAsync(news, cancellation).ConfigureAwait(false);
                if (news.IsCompleted)
                {
                    _news = NewSignal();
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task LookAsync(CancellationToken cancellation)
    {
        var document = _owner.Current.Document;
        foreach (var id in _attempts.Keys.Where(id => !IsSame(document, id)).ToList())
        {
            _attempts.Remove(id);
        }
        var decision = LifecyclePolicy.Next(document, _selfId, Know);
        foreach (var note in decision.Notes.Except(_notes))
        {
            ClusterLog.LeavingWaits(_log, note);
        }
        _notes = decision.Notes;
        foreach (var step in decision.Steps)
        {
            await DoAsync(document, step, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>True while what was done for a node was done on the way that it is on now.</summary>
    private bool IsSame(ControlDocument document, string id) =>
        document.Transitions.TryGetValue(id, out var way) && way == _attempts[id].Way
        && document.Map.Find(id)?.Incarnation == _attempts[id].Incarnation;

    private LeavingNode Know(NodeInfo node)
    {
        var limit = _owner.Current.Document.Config.Skein.DownAfter;
        var silent = _parts.Tracker.SilentFor(node.Id, _time.GetElapsedTime(_leadsSince));
        return new LeavingNode(
            _attempts.TryGetValue(node.Id, out var attempt) && attempt.HasObeyed,
            (node.Flags & NodeFlags.Down) != 0 || silent >= limit);
    }

    private Task DoAsync(ControlDocument document, LifecycleStep step, CancellationToken cancellation) => step switch
    {
        LifecycleStep.Mark => CommitAsync(document, step, new MarkEmptied(step.NodeId), cancellation),
        LifecycleStep.Finish => CommitAsync(document, step, new EndTransition(step.NodeId), cancellation),
        LifecycleStep.Remove => CommitAsync(document, step, new RemoveNode(step.NodeId), cancellation),
        LifecycleStep.HandOver => HandOverAsync(document, step.NodeId, cancellation),
        _ => CommandAsync(document, step.NodeId, cancellation),
    };

    private async Task CommitAsync(
        ControlDocument document, LifecycleStep step, ControlChange change, CancellationToken cancellation)
    {
        var way = document.Transitions[step.NodeId];
        var incarnation = document.Map.Find(step.NodeId)?.Incarnation;
        try
        {
            await _owner
                .CommitAsync(
                    new ChangeIf(
                        change,
                        present => present.Transitions.TryGetValue(step.NodeId, out var now) && now == way
                            && present.Map.Find(step.NodeId)?.Incarnation == incarnation,
                        "the node has been sent another way meanwhile"),
                    _selfId, $"{way.Action.ToWire()} by {way.Who}", cancellation)
                .ConfigureAwait(false);
        }
        catch (StoreException e)
        {
            ClusterLog.LeavingFailed(_log, step.NodeId, e.Message);
        }
    }

    private async Task HandOverAsync(ControlDocument document, string id, CancellationToken cancellation)
    {
        if (!MayTry(document, id))
        {
            return;
        }
        try
        {
            if (!await _parts.Succession.HandOverAsync([id], _selfId, PrimaryTransfer.Limit, cancellation).ConfigureAwait(false))
            {
                _notes = [.. _notes, $"p[{id}] is to leave, and there is no other proxy that could lead"];
            }
        }
        catch (StoreException e)
        {
            ClusterLog.LeavingFailed(_log, id, e.Message);
        }
    }

    private async Task CommandAsync(ControlDocument document, string id, CancellationToken cancellation)
    {
        if (document.Map.Find(id) is not { } node || !MayTry(document, id))
        {
            return;
        }
        var way = document.Transitions[id];
        var problem = await _parts.Peers
            .CommandAsync(
                node,
                new NodeCommand(way.Action == LifecycleAction.Decommission ? NodeOrder.Decommission : NodeOrder.Shutdown)
                {
                    RemoveUserData = way.RemoveUserData,
                    NoShutdown = way.NoShutdown,
                },
                cancellation)
            .ConfigureAwait(false);
        if (problem is null)
        {
            _attempts[id] = _attempts[id] with { HasObeyed = true };
            _news.TrySetResult();
        }
        else
        {
            ClusterLog.LeavingFailed(_log, id, problem);
        }
    }

    private bool MayTry(ControlDocument document, string id)
    {
        var now = _time.GetTimestamp();
        if (_attempts.TryGetValue(id, out var last) && _time.GetElapsedTime(last.At, now) < RetryPause)
        {
            return false;
        }
        _attempts[id] = new Attempt(document.Transitions[id], document.Map.Find(id)?.Incarnation ?? "", now, false);
        return true;
    }

    private sealed record Attempt(NodeTransition Way, string Incarnation, long At, bool HasObeyed);
}

/// <summary>What a <see cref="LifecycleKeeper"/> works with.</summary>
/// <param name="Feed">Feed of documents.</param>
/// <param name="Tracker">Knows who was heard of.</param>
/// <param name="Peers">Way to the nodes.</param>
/// <param name="Succession">Hands the lead over.</param>
public sealed record LifecycleParts(
    MetadataFeed Feed, KeepAliveTracker Tracker, ILifecyclePeers Peers, PrimarySuccession Succession);
