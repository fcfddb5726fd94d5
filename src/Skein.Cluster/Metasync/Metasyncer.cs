using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Cluster.Peers;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Metasync;

/// <summary>
/// Brings every node of the map up to the primary's document. Active on the primary only. Rules:
/// <list type="number">
/// <item>Only the newest document is sent; a node that missed some gets the newest.</item>
/// <item>At most one message to a node is in flight, and at most <see cref="MaxInFlight"/> in all.</item>
/// <item>A node that did not take it is tried again, with a pause that doubles up to a limit, until it has it or is no
/// longer in the map.</item>
/// </list>
/// </summary>
public sealed class Metasyncer : IDisposable
{
    /// <summary>Most messages in flight at a time.</summary>
    public const int MaxInFlight = 64;

    /// <summary>Most of these messages that go to nodes which could not be reached before.</summary>
    public const int MaxRetries = 16;

    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(1);

    private readonly string _selfId;
    private readonly Func<bool> _leads;
    private readonly MetadataFeed _feed;
    private readonly IPeerTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger<Metasyncer> _log;
    private readonly ConcurrentDictionary<string, DocumentStamp> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DocumentStamp> _given = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DocumentStamp> _failed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(MaxInFlight - MaxRetries, MaxInFlight - MaxRetries);
    private readonly SemaphoreSlim _retrySlots = new(MaxRetries, MaxRetries);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _pausing = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _subscription;
    private volatile TaskCompletionSource _progress = NewSignal();

    /// <summary>Starts following the feed.</summary>
    /// <param name="selfId">This node's id.</param>
    /// <param name="leads">True while this node is the primary.</param>
    /// <param name="feed">Committed documents.</param>
    /// <param name="transport">Way to others.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public Metasyncer(
        string selfId,
        Func<bool> leads,
        MetadataFeed feed,
        IPeerTransport transport,
        TimeProvider time,
        ILogger<Metasyncer> log)
    {
        _selfId = selfId;
        _leads = leads;
        _feed = feed;
        _transport = transport;
        _time = time;
        _log = log;
        _subscription = feed.Subscribe(OnDocument);
    }

    /// <summary>Takes note of what a node said it holds, so that it is not sent what it has.</summary>
    public void Heard(string nodeId, DocumentStamp stamp)
    {
        var isNews = !_held.TryGetValue(nodeId, out var before) || before != stamp;
        _held[nodeId] = stamp;
        _given.TryRemove(nodeId, out _);
        // It is back: the next change waits for it again.
        _failed.TryRemove(nodeId, out _);
        if (isNews)
        {
            SignalProgress();
        }
        var current = _feed.Current;
        if (stamp < current.Stamp)
        {
            Send(current);
        }
    }

    /// <summary>
    /// A node is given a document by the answer to its join: it is not sent it again until it says what it holds. It does
    /// not count as holding it: the answer may be lost, and leases rest on what a node has said itself.
    /// </summary>
    public void Given(string nodeId, DocumentStamp stamp) => _given[nodeId] = stamp;

    /// <summary>
    /// A node has answered that was away: it is sent to at once. One with another incarnation has lost its disk, and with
    /// it what it was known to hold.
    /// </summary>
    public void Reached(string nodeId, bool hasLostItsDisk)
    {
        if (hasLostItsDisk)
        {
            _held.TryRemove(nodeId, out _);
            _given.TryRemove(nodeId, out _);
        }
        if (_pausing.TryGetValue(nodeId, out var pause))
        {
            pause.TrySetResult();
        }
        else if (hasLostItsDisk)
        {
            Send(_feed.Current);
        }
    }

    /// <summary>Something else is known anew about a node: whoever waits for news looks again.</summary>
    public void Refreshed() => SignalProgress();

    /// <summary>
    /// Waits until every node of the document's map holds it, or could not be reached when it was last sent to, or the time
    /// is out. A node that is down so does not hold up those who are up.
    /// </summary>
    /// <returns>The nodes that do not hold it yet.</returns>
    public async Task<IReadOnlyList<NodeInfo>> WaitForAllAsync(
        SealedDocument document, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation, _stop.Token);
        while (true)
        {
            var progress = _progress;
            var missing = document.Document.Map.AllNodes
                .Where(node => node.Id != _selfId && Held(node.Id) < document.Stamp)
                .ToList();
            // Who could not be reached before, for this document or an older one, is not waited for.
            if (missing.TrueForAll(node => _failed.ContainsKey(node.Id)))
            {
                return missing;
            }
            try
            {
                await progress.Task.WaitAsync(both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return missing;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscription.Dispose();
        _stop.Cancel();
        SignalProgress();
    }

    /// <summary>Ends at the next news: a document has come, or a node was heard to hold one or could not be reached.</summary>
    public Task Progress => _progress.Task;

    /// <summary>The newest document that a node has said it holds.</summary>
    public DocumentStamp Held(string nodeId) => _held.TryGetValue(nodeId, out var stamp) ? stamp : DocumentStamp.None;

    private bool Lacks(string nodeId, DocumentStamp stamp) =>
        Held(nodeId) < stamp && !(_given.TryGetValue(nodeId, out var given) && given >= stamp);

    private void OnDocument(SealedDocument document)
    {
        Send(document);
        SignalProgress();
    }

    private void Send(SealedDocument document)
    {
        if (!_leads() || _stop.IsCancellationRequested)
        {
            return;
        }
        foreach (var node in document.Document.Map.AllNodes)
        {
            if (node.Id != _selfId && Lacks(node.Id, document.Stamp) && _running.TryAdd(node.Id, true))
            {
                _ = Task.Run(() => FollowAsync(node.Id), CancellationToken.None);
            }
        }
    }

    /// <summary>Sends to one node until it is up to date.</summary>
    private async Task FollowAsync(string nodeId)
    {
        var pause = RetryMin;
        var failing = false;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var document = _feed.Current;
                if (!_leads()
                    || document.Document.Map.Find(nodeId) is not { } node
                    || !Lacks(nodeId, document.Stamp))
                {
                    break;
                }
                var reply = await PushAsync(node, document, failing).ConfigureAwait(false);
                if (reply.Delivered && reply.Tag.Uuid == document.Uuid && reply.Tag.Stamp >= document.Stamp)
                {
                    _held[nodeId] = reply.Tag.Stamp;
                    _failed.TryRemove(nodeId, out _);
                    SignalProgress();
                    if (failing)
                    {
                        ClusterLog.PushRecovered(_log, node.DisplayName, document.Stamp);
                    }
                    pause = RetryMin;
                    failing = false;
                    continue;
                }
                if (!failing)
                {
                    ClusterLog.PushFailed(_log, node.DisplayName, document.Stamp, reply.Reason);
                    failing = true;
                }
                _failed[nodeId] = document.Stamp;
                SignalProgress();
                await PauseAsync(nodeId, pause).ConfigureAwait(false);
                pause = pause * 2 < RetryMax ? pause * 2 : RetryMax;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception e)
        {
            ClusterLog.LoopFailed(_log, e);
        }
        finally
        {
            _running.TryRemove(nodeId, out _);
            // A document may have come between the last look and the line above.
            var current = _feed.Current;
            if (Lacks(nodeId, current.Stamp) && !_stop.IsCancellationRequested)
            {
                Send(current);
            }
        }
    }

    /// <summary>Waits before the next attempt, unless the node is heard of meanwhile.</summary>
    private async Task PauseAsync(string nodeId, TimeSpan pause)
    {
        var reached = NewSignal();
        _pausing[nodeId] = reached;
        try
        {
            await reached.Task.WaitAsync(pause, _time, _stop.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Not heard of: try all the same.
        }
        finally
        {
            _pausing.TryRemove(nodeId, out _);
        }
    }

    /// <summary>Nodes that are away must not take the places of those that answer.</summary>
    private async Task<PushReply> PushAsync(NodeInfo node, SealedDocument document, bool isRetry)
    {
        var slots = isRetry ? _retrySlots : _slots;
        await slots.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var timeout = document.Document.Config.Skein.MetasyncTimeout;
            return await _transport.PushAsync(node.ControlNet.Url, document, timeout, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    private void SignalProgress() =>
        Interlocked.Exchange(ref _progress, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
