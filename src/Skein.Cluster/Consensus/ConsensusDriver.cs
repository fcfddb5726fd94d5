using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Consensus;

/// <summary>What a node knows of the consensus; a snapshot.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Epoch">Present epoch.</param>
/// <param name="PrimaryId">Primary heard in this epoch; empty for none.</param>
/// <param name="IsEstablished">True when this node leads and may take changes.</param>
/// <param name="QuorumHeardAt">
/// Driver's clock in milliseconds when a majority was last known to follow; meaningful for a primary.
/// </param>
public sealed record ConsensusStatus(
    ConsensusRole Role, Epoch Epoch, string PrimaryId, bool IsEstablished, long QuorumHeardAt)
{
    /// <summary>Before the first step.</summary>
    public static ConsensusStatus Unknown { get; } =
        new(ConsensusRole.Follower, default, "", false, long.MinValue / 2);
}

/// <summary>
/// Runs a <see cref="ConsensusCore"/> with a disk, a clock and a network, on a thread of its own that nothing else can
/// starve: one event at a time; what a step wants is made durable before it is published, sent or answered.
/// </summary>
public sealed class ConsensusDriver : IDisposable
{
    private const int MaxQueue = 4096;

    /// <summary>Most events in a row for which a timer that is due has to wait.</summary>
    private const int MaxBeforeTick = 32;

    private readonly string _self;
    private readonly ConsensusStore _store;
    private readonly MetadataFeed _feed;
    private readonly IConsensusTransport _transport;
    private readonly WakefulClock _clock;
    private readonly ILogger<ConsensusDriver> _log;
    private readonly Queue<Action> _queue = new();
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Dictionary<long, TaskCompletionSource<SealedDocument>> _open = [];
    private readonly Thread _thread;
    private readonly Func<ConsensusState, ConsensusCore> _make;
    private ConsensusCore _core;
    private long _wakeAt;
    private long _proposals;
    private bool _stopping;
    private volatile ConsensusStatus _status = ConsensusStatus.Unknown;

    /// <summary>Loads the state, publishes what is committed, and starts.</summary>
    /// <param name="self">This node.</param>
    /// <param name="store">State on disk.</param>
    /// <param name="feed">Where committed documents are published.</param>
    /// <param name="transport">Way to other voters.</param>
    /// <param name="settings">Times, and the seed of election timeouts.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <exception cref="StoreException">When the state on disk is not readable.</exception>
    public ConsensusDriver(
        NodeInfo self,
        ConsensusStore store,
        MetadataFeed feed,
        IConsensusTransport transport,
        (ConsensusOptions Options, int Seed) settings,
        TimeProvider time,
        ILogger<ConsensusDriver> log)
    {
        _self = self.Id;
        _store = store;
        _feed = feed;
        _transport = transport;
        _clock = new WakefulClock(time);
        _log = log;
        var random = new Random(settings.Seed);
        _make = state => new ConsensusCore(self.Id, self.Incarnation, state, settings.Options, random, Now)
        {
            WallClock = () => time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var loaded = store.Load(out var problems);
        foreach (var problem in problems)
        {
            ClusterLog.DocumentDamaged(log, problem);
        }
        _core = _make(loaded);
        if (loaded.Committed.Document.Exists)
        {
            feed.Publish(loaded.Committed);
        }
        _thread = ControlThread.Start("consensus", Run);
    }

    /// <summary>What the node knows of the consensus now.</summary>
    public ConsensusStatus Status => _status;

    /// <summary>
    /// For a primary: time since a majority was last known to follow it, also while this thread stands still. Grows
    /// without bound when the process was paused.
    /// </summary>
    public TimeSpan QuorumAge =>
        TimeSpan.FromMilliseconds(Math.Min(Now - _status.QuorumHeardAt, (long)TimeSpan.FromDays(365).TotalMilliseconds));

    /// <summary>The newest document that this node has accepted, committed or not.</summary>
    public Task<SealedDocument> AcceptedAsync(CancellationToken cancellation) =>
        CallAsync(() => _core.Accepted, cancellation);

    /// <summary>A primary whose machine slept must know that it may have been deposed long ago.</summary>
    private long Now => _clock.Now;

    /// <summary>Asks for a change; completes when it is committed.</summary>
    /// <exception cref="StoreException">When it makes no sense, this node does not lead, or it lost its majority.</exception>
    public Task<SealedDocument> ProposeAsync(ControlChange change, string who, string why, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<SealedDocument>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            var id = ++_proposals;
            _open[id] = done;
            Perform(_core.Propose(new Proposal(id, change, who, why), Now));
        });
        return done.Task.WaitAsync(cancellation);
    }

    /// <summary>The newest document that this node has accepted, committed or not.</summary>
    public Task<SealedDocument> ReadAcceptedAsync(CancellationToken cancellation) =>
        CallAsync(() => _core.Accepted, cancellation);

    /// <summary>Hands a committed document in: from a join, a push or a pull. Completes when it is durable.</summary>
    public Task<AcceptResult> LearnAsync(SealedDocument document, CancellationToken cancellation) => CallAsync(
        () =>
        {
            var current = _core.Committed;
            if (current.Document.Exists && current.Uuid != document.Uuid)
            {
                return AcceptResult.WrongCluster;
            }
            if (document.Stamp == current.Stamp)
            {
                return document.Hash == current.Hash ? AcceptResult.Same : AcceptResult.Conflict;
            }
            if (document.Stamp < current.Stamp)
            {
                return AcceptResult.Older;
            }
            Perform(_core.LearnCommitted(document, Now));
            return AcceptResult.Accepted;
        },
        cancellation);

    /// <summary>Forms a cluster with its first document. Only for a node that holds none.</summary>
    /// <exception cref="StoreException">When the node belongs to a cluster.</exception>
    public Task<SealedDocument> FormAsync(SealedDocument first, CancellationToken cancellation) => CallAsync(
        () =>
        {
            if (_core.Accepted.Document.Exists)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"this node already belongs to cluster \"{_core.Accepted.Uuid}\"");
            }
            Perform(_core.LearnCommitted(first, Now));
            // It is the only voter: it need not wait for anybody.
            _core = _make(_core.State);
            Perform(_core.Tick(Now));
            return first;
        },
        cancellation);

    /// <summary>Handles a message of another voter; never blocks and never throws.</summary>
    /// <param name="message">The message.</param>
    /// <param name="onAnswer">
    /// Called once, with the answer to go back at once or with null for none, on the thread of the driver: it must not
    /// block. Not called when the driver is stopped before it comes to the message.
    /// </param>
    public void Receive(ConsensusMessage message, Action<ConsensusMessage?> onAnswer)
    {
        try
        {
            Post(() =>
            {
                ConsensusMessage? reply = null;
                try
                {
                    Perform(_core.Receive(message, Now), message.From, answer => reply ??= answer);
                }
                finally
                {
                    onAnswer(reply);
                }
            });
        }
        catch (StoreException)
        {
            // Overloaded or stopping: a lost message is allowed.
            onAnswer(null);
        }
    }

    /// <summary>Hands the lead over to another voter.</summary>
    /// <exception cref="StoreException">When this node does not lead or the other cannot.</exception>
    public Task<bool> TransferAsync(string to, CancellationToken cancellation) => CallAsync(
        () =>
        {
            Perform(_core.Transfer(to, Now));
            return true;
        },
        cancellation);

    /// <summary>
    /// Leads on an administrator's word after the loss of a majority; completes when the forced document is committed.
    /// </summary>
    /// <param name="adopt">The newest document that could be found.</param>
    /// <param name="self">This node.</param>
    /// <param name="who">Who ordered it.</param>
    /// <param name="why">Reason, or empty.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="StoreException">When this node cannot lead.</exception>
    public Task<SealedDocument> ForceAsync(
        SealedDocument adopt, NodeInfo self, string who, string why, CancellationToken cancellation) => CallAsync(
        () =>
        {
            Perform(_core.Force(adopt, self, who, why, Now));
            return _core.Committed;
        },
        cancellation);

    /// <summary>
    /// Gives a newborn cluster up for an established one: the node forgets its own document and takes the other. Nothing
    /// is lost, since a newborn cluster has no other member and no bucket.
    /// </summary>
    /// <returns>False when the cluster is no longer newborn; then nothing has changed.</returns>
    public Task<bool> AbandonAsync(SealedDocument other, CancellationToken cancellation) => CallAsync(
        () =>
        {
            var mine = _core.Accepted;
            if (_core.State.GiveUpFor(other, _self) is not { } next)
            {
                return false;
            }
            _store.Save(next);
            _core = _make(next);
            Perform(_core.Tick(Now));
            _feed.Publish(other);
            ClusterLog.Abandoned(_log, mine.Uuid, other.Uuid);
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
        }
        _wake.Set();
        _thread.Join(TimeSpan.FromSeconds(5));
        _wake.Dispose();
    }

    private Task<T> CallAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.TrySetResult(call());
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                done.TrySetException(e);
                if (e is not StoreException)
                {
                    throw;
                }
            }
        });
        return done.Task.WaitAsync(cancellation);
    }

    private void Post(Action action)
    {
        lock (_gate)
        {
            if (_stopping || _queue.Count >= MaxQueue)
            {
                throw new StoreException(
                    StoreErrorCode.NotReady, _stopping ? "this node is stopping" : "the control plane is overloaded");
            }
            _queue.Enqueue(action);
        }
        _wake.Set();
    }

    private void Run()
    {
        var drained = 0;
        while (true)
        {
            Action? action = null;
            lock (_gate)
            {
                if (_stopping)
                {
                    return;
                }
                _queue.TryDequeue(out action);
            }
            drained = action is null ? 0 : drained + 1;
            try
            {
                if (action is not null)
                {
                    action();
                }
                // What has come in is heard before a timer is believed: the heartbeat that is missed may lie there.
                if (Now >= _wakeAt && (action is null || drained >= MaxBeforeTick))
                {
                    drained = 0;
                    Perform(_core.Tick(Now));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Recover(e);
            }
            catch (Exception e)
            {
                ClusterLog.LoopFailed(_log, e);
            }
            if (action is null)
            {
                _wake.WaitOne(TimeSpan.FromMilliseconds(Math.Clamp(_wakeAt - Now, 1, 1000)));
            }
        }
    }

    /// <summary>
    /// The disk refused: nothing of the step has left the node, and what is on disk is what it knows. It starts anew
    /// from there.
    /// </summary>
    private void Recover(Exception error)
    {
        ClusterLog.StateNotStored(_log, error);
        foreach (var done in _open.Values)
        {
            done.TrySetException(new StoreException(
                StoreErrorCode.Internal, $"the metadata folder cannot be written: {error.Message}", error));
        }
        _open.Clear();
        try
        {
            _core = _make(_store.Load(out _));
        }
        catch (Exception e) when (e is StoreException or IOException)
        {
            ClusterLog.StateNotStored(_log, e);
            _core = _make(_core.State);
        }
        _wakeAt = Now + 1000;
    }

    private void Perform(ConsensusOutput output, string replyTo = "", Action<ConsensusMessage>? reply = null)
    {
        if (output.Conflict is { } conflict)
        {
            ClusterLog.Conflict(_log, conflict);
        }
        if (output.MustPersist)
        {
            _store.Save(output.State);
        }
        _wakeAt = output.WakeAt;
        UpdateStatus();
        if (output.Publish is { } document)
        {
            _feed.Publish(document);
            ClusterLog.Committed(_log, document.Stamp, document.Document.LastChange.What, document.Document.LastChange.Who);
        }
        foreach (var (to, message) in output.Messages)
        {
            if (to == replyTo && reply is not null && message is not AppendRequest and not StandNow and not DocumentOffer)
            {
                reply(message);
            }
            else if (_core.Accepted.Document.Map.Find(to) is { } node)
            {
                _transport.Send(node, message, answer => TryPost(answer));
            }
        }
        foreach (var outcome in output.Outcomes)
        {
            if (_open.Remove(outcome.Id, out var done))
            {
                if (outcome.Document is { } committed)
                {
                    done.TrySetResult(committed);
                }
                else
                {
                    done.TrySetException(outcome.Error!);
                }
            }
        }
    }

    private void TryPost(ConsensusMessage answer)
    {
        try
        {
            Post(() => Perform(_core.Receive(answer, Now)));
        }
        catch (StoreException)
        {
            // Overloaded or stopping: a lost message is allowed.
        }
    }

    private void UpdateStatus()
    {
        var before = _status;
        var next = new ConsensusStatus(
            _core.Role, _core.Epoch, _core.PrimaryId, _core.IsEstablished, _core.QuorumHeardAt);
        _status = next;
        if (before.IsEstablished != next.IsEstablished || before.PrimaryId != next.PrimaryId || before.Role != next.Role)
        {
            ClusterLog.RoleChanged(_log, _self, next.Role, next.Epoch, next.PrimaryId);
        }
    }
}
