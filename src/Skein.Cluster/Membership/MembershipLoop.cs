using Microsoft.Extensions.Logging;
using Skein.Cluster.Leases;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Cluster.Primary;
using Skein.Cluster.Rebalance;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Membership;

/// <summary>How a node comes into a cluster.</summary>
/// <param name="Bootstrap">Form a cluster when none is found and none is on disk; for an electable proxy.</param>
/// <param name="Standby">Do not look for a cluster; wait for an administrator.</param>
/// <param name="EnvironmentEndpoint">Primary endpoint given by the environment, or empty.</param>
/// <param name="ConfiguredUrls">The three URLs of the local configuration file.</param>
/// <param name="InitialConfig">Cluster configuration of a cluster that this node forms.</param>
public sealed record MembershipOptions(
    bool Bootstrap,
    bool Standby,
    string EnvironmentEndpoint,
    IReadOnlyList<string> ConfiguredUrls,
    ClusterConfig InitialConfig);

/// <summary>
/// A node's life in the cluster: comes in (forms, resumes, joins or stands by), then says to the primary that it is
/// alive, catches up when it is behind, and searches again when the primary is silent or does not know it.
/// </summary>
public sealed class MembershipLoop
{
    private const int MissesBeforeSearch = 3;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeadPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan HurryPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan NewbornPoll = TimeSpan.FromMilliseconds(200);

    private readonly NodeInfo _self;
    private readonly MembershipOptions _options;
    private readonly MetadataOwner _owner;
    private readonly MetadataFeed _feed;
    private readonly CatchUp _catchUp;
    private readonly IPeerTransport _transport;
    private readonly ClusterJoiner _joiner;
    private readonly WriteLease? _lease;
    private readonly TimeProvider _time;
    private readonly ILogger<MembershipLoop> _log;
    private volatile TaskCompletionSource _hurry = NewSignal();
    private readonly TaskCompletionSource _member = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes the loop.</summary>
    /// <param name="self">This node as it describes itself.</param>
    /// <param name="options">How it comes in.</param>
    /// <param name="peers">Way to others, the joiner and the catcher-up.</param>
    /// <param name="owner">Owner of the document.</param>
    /// <param name="feed">Feed of documents.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public MembershipLoop(
        NodeInfo self,
        MembershipOptions options,
        MembershipPeers peers,
        MetadataOwner owner,
        MetadataFeed feed,
        TimeProvider time,
        ILogger<MembershipLoop> log)
    {
        _self = self;
        _options = options;
        _owner = owner;
        _feed = feed;
        _catchUp = peers.CatchUp;
        _transport = peers.Transport;
        _joiner = peers.Joiner;
        _lease = peers.Lease;
        _time = time;
        _log = log;
    }

    /// <summary>True once the node has come in since it was started.</summary>
    public bool IsMember => _member.Task.IsCompletedSuccessfully;

    /// <summary>Ends when the node has come in.</summary>
    public Task WhenMember => _member.Task;

    /// <summary>What a target tells the primary of its objects with every keepalive; set before the loop runs.</summary>
    public Func<RebalanceReport?>? Report { get; set; }

    /// <summary>Says whether none of a target's mountpaths is in service; set before the loop runs.</summary>
    public Func<bool>? HasNoMountpath { get; set; }

    /// <summary>Told how long the primary took to answer a keepalive; set before the loop runs.</summary>
    public Action<TimeSpan>? Answered { get; set; }

    /// <summary>Says that this node is alive at once, not at the next interval: somebody waits for a lease.</summary>
    public void Hurry() => _hurry.TrySetResult();

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await ComeInAsync(cancellation).ConfigureAwait(false);
            _member.TrySetResult();
            var primaryId = _owner.Current.Document.Map.PrimaryId;
            using var followed = _feed.Subscribe(document =>
            {
                if (document.Document.Map.PrimaryId != primaryId)
                {
                    primaryId = document.Document.Map.PrimaryId;
                    Hurry(); // a new primary grants new leases
                }
            });
            await Task.WhenAll(StayAsync(cancellation), LookForOlderClusterAsync(cancellation)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task ComeInAsync(CancellationToken cancellation)
    {
        if (_options.Standby && !_owner.Current.Document.Exists)
        {
            ClusterLog.StandingBy(_log);
            await _feed.WaitForAsync(new DocumentStamp(0, 0, 1), cancellation).ConfigureAwait(false);
            return;
        }
        if (_options.Bootstrap && !_owner.Current.Document.Exists)
        {
            if (!await IsAnyClusterThereAsync(cancellation).ConfigureAwait(false))
            {
                await FormAsync(cancellation).ConfigureAwait(false);
                return;
            }
        }
        await SearchAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Searches for the primary until one counts this node in, or this node has become it.</summary>
    private async Task SearchAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lead = WaitForLeadAsync(stop.Token);
        var join = _joiner.JoinAsync(Candidates, stop.Token);
        var first = await Task.WhenAny(lead, join).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await first.ConfigureAwait(false);
        if (LeadsItself())
        {
            await ResumeAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task WaitForLeadAsync(CancellationToken cancellation)
    {
        while (!LeadsItself())
        {
            await Task.Delay(LeadPoll, _time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task StayAsync(CancellationToken cancellation)
    {
        var misses = 0;
        var first = true;
        while (true)
        {
            var interval = _owner.Current.Document.Config.Skein.KeepaliveInterval;
            var pause = misses == 0 || interval < RetryPause ? interval : RetryPause;
            if (first)
            {
                first = false; // a target needs its lease at once
            }
            else if (await HurryAsync(pause, cancellation).ConfigureAwait(false))
            {
                await Task.Delay(HurryPause, _time, cancellation).ConfigureAwait(false);
            }
            if (LeadsItself())
            {
                misses = 0;
                continue;
            }
            try
            {
                var reason = await SayAliveAsync(cancellation).ConfigureAwait(false);
                misses = reason.Length == 0 ? 0 : misses + 1;
                if (misses >= MissesBeforeSearch)
                {
                    ClusterLog.PrimarySilent(_log, _owner.Primary?.DisplayName ?? "", reason);
                    await SearchAsync(cancellation).ConfigureAwait(false);
                    misses = 0;
                    Hurry();
                }
            }
            catch (IOException e)
            {
                ClusterLog.LoopFailed(_log, e);
            }
        }
    }

    /// <summary>Waits for the next interval; true when somebody was in a hurry.</summary>
    private async Task<bool> HurryAsync(TimeSpan pause, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var timer = Task.Delay(pause, _time, stop.Token);
        var first = await Task.WhenAny(timer, _hurry.Task).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (first == timer)
        {
            return false;
        }
        _hurry = NewSignal();
        return true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// A cluster that this node formed and that nothing depends on yet is given up for an established one that any of the
    /// configured URLs leads to, or that knows this node and calls it: an administrator has started two with --bootstrap,
    /// or one with its disks empty.
    /// </summary>
    private async Task LookForOlderClusterAsync(CancellationToken cancellation)
    {
        if (!_owner.Current.Document.IsNewbornOf(_self.Id))
        {
            return;
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var search = _joiner.JoinAsync(Candidates, stop.Token);
        while (!search.IsCompleted && _owner.Current.Document.IsNewbornOf(_self.Id))
        {
            await Task.Delay(NewbornPoll, _time, cancellation).ConfigureAwait(false);
        }
        await stop.CancelAsync().ConfigureAwait(false);
        await search.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>One keepalive; returns what went wrong, or nothing.</summary>
    private async Task<string> SayAliveAsync(CancellationToken cancellation)
    {
        var current = _owner.Current;
        if (_owner.Primary is not { } primary || primary.Id == _self.Id)
        {
            return "no primary is known";
        }
        var askedAt = _lease?.Now ?? 0;
        var request = new KeepAliveRequest(
            _self.Id, _self.Incarnation, DocumentTag.Of(current), _lease?.Floor(current.Stamp.Generation) ?? 0,
            Report?.Invoke(), HasNoMountpath?.Invoke() ?? false);
        var sentAt = _time.GetTimestamp();
        var reply = await _transport
            .KeepAliveAsync(
                primary.ControlNet.Url, request, current.Document.Config.Skein.KeepaliveInterval * 2, cancellation)
            .ConfigureAwait(false);
        if (!reply.Delivered)
        {
            return reply.Reason;
        }
        Answered?.Invoke(_time.GetElapsedTime(sentAt));
        if (reply.IsPrimary && reply.Tag.Uuid == current.Uuid && reply.Tag.Stamp >= current.Stamp)
        {
            _lease?.Renew(askedAt, reply.Lease, reply.Tag.Stamp.Generation);
        }
        if (reply.Tag.Stamp > current.Stamp && reply.Tag.Uuid == current.Uuid)
        {
            await _catchUp.PullAsync(reply.Tag.Stamp, primary.ControlNet.Url, cancellation).ConfigureAwait(false);
            if (_lease is not null && reply.Lease.Milliseconds == 0)
            {
                Hurry(); // it was refused for being behind
            }
        }
        if (!reply.IsPrimary || !reply.Known)
        {
            // Whoever answered does not count us in: come in again at once.
            await SearchAsync(cancellation).ConfigureAwait(false);
            Hurry();
        }
        return "";
    }

    private bool LeadsItself() => _owner.Status.IsEstablished;

    private IReadOnlyList<string> Candidates() => JoinCandidates.Build(
        _self, _options.EnvironmentEndpoint, _owner.Current.Document, _options.ConfiguredUrls);

    private async Task ResumeAsync(CancellationToken cancellation)
    {
        // The address may have changed while the node was down.
        var document = await _owner
            .CommitAsync(new AddNode(_self), _self.DisplayName, "restart", cancellation)
            .ConfigureAwait(false);
        ClusterLog.Leading(_log, document.Uuid, document.Stamp);
    }

    private async Task<bool> IsAnyClusterThereAsync(CancellationToken cancellation)
    {
        var request = new JoinRequest(_self, "", DocumentStamp.None, JoinRequest.CurrentProtocol, false);
        var candidates = await _joiner.ExpandAsync(Candidates(), cancellation).ConfigureAwait(false);
        var probes = candidates.Select(async url =>
        {
            var reply = await _transport
                .JoinAsync(url, request, TimeSpan.FromSeconds(1), cancellation)
                .ConfigureAwait(false);
            if (reply is JoinReply.Admitted admitted)
            {
                await _owner.AcceptAsync(admitted.Document, cancellation).ConfigureAwait(false);
            }
            return reply is JoinReply.Admitted or JoinReply.NotPrimary or JoinReply.Refused;
        });
        return (await Task.WhenAll(probes).ConfigureAwait(false)).Contains(true);
    }

    private async Task FormAsync(CancellationToken cancellation)
    {
        if (!_self.IsElectable)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{_self.DisplayName} cannot form a cluster: --bootstrap is for an electable proxy");
        }
        var uuid = ClusterId.Generate();
        var first = PrimaryService.FirstDocument(
            _self, uuid, _time.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss.fffffff '+0000 UTC'",
                System.Globalization.CultureInfo.InvariantCulture),
            _options.InitialConfig);
        var document = await _owner.FormAsync(first, _self.DisplayName, cancellation).ConfigureAwait(false);
        ClusterLog.Leading(_log, document.Uuid, document.Stamp);
    }
}

/// <summary>What a <see cref="MembershipLoop"/> reaches others by.</summary>
/// <param name="Transport">Way to others.</param>
/// <param name="Joiner">Search for the cluster.</param>
/// <param name="CatchUp">Pulls documents.</param>
/// <param name="Lease">A target's lease; null on a proxy.</param>
public sealed record MembershipPeers(
    IPeerTransport Transport, ClusterJoiner Joiner, CatchUp CatchUp, WriteLease? Lease);
