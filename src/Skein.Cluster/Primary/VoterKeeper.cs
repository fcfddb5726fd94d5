using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Core.Errors;
using Skein.Core.Maps;

namespace Skein.Cluster.Primary;

/// <summary>
/// While this node leads: looks whether the voters are the right ones, and changes them one at a time. It looks at once
/// when a document has come or a node has caught up, and every <see cref="Interval"/> in any case.
/// </summary>
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
    /// <summary>Longest pause between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Shortest pause between two looks: news of many nodes at a time is one occasion.</summary>
    public static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// For so long a node counts as up to date after it was: right after a change nobody holds the newest document yet,
    /// and to judge by that would take votes away and give them back without end.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly KeeperPause _pause = new(Breath, Interval, time);
    private readonly Dictionary<(string Id, string Incarnation), long> _current = [];
    private long _leadsSince;
    private int _holds;

    /// <summary>
    /// Keeps the voters as they are until the result is disposed of: somebody else is about to change them on purpose.
    /// </summary>
    public IDisposable Hold() => new Held(this);

    /// <summary>Runs until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                // Taken before the look: what happens during it is not missed.
                var news = metasyncer.Progress;
                if (!owner.Status.IsEstablished)
                {
                    _leadsSince = 0;
                    _current.Clear();
                }
                else if (Volatile.Read(ref _holds) == 0)
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

    /// <summary>Notes who holds the newest document now; who is no longer in the map is forgotten.</summary>
    private void Notice(SealedDocument document)
    {
        var now = time.GetTimestamp();
        foreach (var node in document.Document.Map.AllNodes)
        {
            if (metasyncer.Held(node.Id) >= document.Stamp)
            {
                _current[(node.Id, node.Incarnation)] = now;
            }
        }
        foreach (var key in _current.Keys.Where(key => document.Document.Map.Find(key.Id)?.Incarnation != key.Incarnation))
        {
            _current.Remove(key);
        }
    }

    private bool WasUpToDate(ControlDocument document, string id) =>
        document.Map.Find(id) is { } node
        && _current.TryGetValue((id, node.Incarnation), out var at)
        && time.GetElapsedTime(at) < Grace;

    private async Task LookAsync(CancellationToken cancellation)
    {
        var document = owner.Current;
        var config = document.Document.Config.Skein;
        Notice(document);
        var change = VoterPolicy.Next(
            document.Document,
            selfId,
            id =>
            {
                var silent = tracker.SilentFor(id, time.GetElapsedTime(_leadsSince));
                return new VoterHealth(
                    tracker.SinceHeard(id) is { } heard
                        && heard < config.KeepaliveInterval * 3
                        && WasUpToDate(document.Document, id),
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

    private sealed class Held : IDisposable
    {
        private VoterKeeper? _keeper;

        public Held(VoterKeeper keeper)
        {
            _keeper = keeper;
            Interlocked.Increment(ref keeper._holds);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _keeper, null) is { } keeper)
            {
                Interlocked.Decrement(ref keeper._holds);
            }
        }
    }
}
