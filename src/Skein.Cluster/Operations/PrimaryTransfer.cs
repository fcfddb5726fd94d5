using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Consensus;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Primary;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Operations;

/// <summary>
/// Hands the lead over to a proxy that an administrator names: makes it a voter if it is none, one change at a time,
/// waits until it is up to date, tells it to stand, and waits until it leads. For the primary.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Owner of the document.</param>
/// <param name="driver">The consensus.</param>
/// <param name="voters">Keeps the voters otherwise.</param>
/// <param name="metasyncer">Knows who holds what.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
public sealed class PrimaryTransfer(
    string selfId,
    MetadataOwner owner,
    ConsensusDriver driver,
    VoterKeeper voters,
    Metasyncer metasyncer,
    TimeProvider time,
    ILogger<PrimaryTransfer> log) : IDisposable
{
    /// <summary>Longest that all of it may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Hands over. Nothing happens when the node leads already.</summary>
    /// <param name="proxyId">Who shall lead.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="StoreException">When it cannot lead, this node does not, or it took too long.</exception>
    public async Task RunAsync(string proxyId, string who, CancellationToken cancellation)
    {
        Check(owner.Current.Document, proxyId);
        if (proxyId == selfId && owner.Status.IsEstablished)
        {
            return;
        }
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var doing = "another hand-over is under way";
        try
        {
            await _one.WaitAsync(both.Token).ConfigureAwait(false);
            try
            {
                using var held = voters.Hold();
                ClusterLog.TransferBegun(log, proxyId, who);
                doing = "it is not up to date yet";
                await MakeVoterAsync(proxyId, who, both.Token).ConfigureAwait(false);
                doing = "it has not been elected yet";
                await HandOverAsync(proxyId, both.Token).ConfigureAwait(false);
                ClusterLog.TransferDone(log, proxyId);
            }
            finally
            {
                _one.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            ClusterLog.TransferFailed(log, proxyId, doing);
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"p[{proxyId}] has not become the primary within {Limit.TotalSeconds:0} s: {doing}; "
                    + $"the primary is {owner.Primary?.DisplayName ?? "not known"}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private static NodeInfo Check(ControlDocument document, string proxyId)
    {
        if (!document.Map.Proxies.TryGetValue(proxyId, out var node))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"new primary proxy {proxyId} is not present in the Smap v{document.Map.Version}[{document.Uuid}]");
        }
        if ((node.Flags & (NodeFlags.Maintenance | NodeFlags.Decommission)) != 0)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"{node.DisplayName} is under maintenance or leaves: it cannot become the primary");
        }
        if (!node.IsElectable)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{node.DisplayName} is non-electable: it cannot become the primary");
        }
        return node.IsActive
            ? node
            : throw new StoreException(
                StoreErrorCode.NotReady, $"{node.DisplayName} is down: it cannot become the primary");
    }

    private async Task MakeVoterAsync(string proxyId, string who, CancellationToken cancellation)
    {
        while (true)
        {
            var current = owner.Current;
            var node = Check(current.Document, proxyId);
            if (NextVoters(current.Document.Voters, node) is not { } wanted)
            {
                return;
            }
            await UpToDateAsync(proxyId, current.Stamp, cancellation).ConfigureAwait(false);
            try
            {
                await owner
                    .CommitAsync(
                        new ChangeIf(
                            new SetVoters(wanted),
                            present => present.Voters.SequenceEqual(current.Document.Voters),
                            "the voters changed meanwhile"),
                        who,
                        $"set-primary {proxyId}",
                        cancellation)
                    .ConfigureAwait(false);
            }
            catch (StoreException e) when (e.Code == StoreErrorCode.NotReady && owner.Status.IsEstablished)
            {
                await Task.Delay(Poll, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next change towards the node being a voter; null when it is one.</summary>
    private ImmutableArray<VoterInfo>? NextVoters(ImmutableArray<VoterInfo> present, NodeInfo node)
    {
        var own = present.FirstOrDefault(voter => voter.Id == node.Id);
        if (own is not null)
        {
            return own.Incarnation == node.Incarnation && !own.IsWitness ? null : present.Remove(own);
        }
        return present.Count(voter => !voter.IsWitness) >= VoterPolicy.Wanted
            ? present.Remove(present.Last(voter => voter.Id != selfId && !voter.IsWitness))
            : present.Add(new VoterInfo(node.Id, node.Incarnation, false));
    }

    private async Task UpToDateAsync(string proxyId, DocumentStamp stamp, CancellationToken cancellation)
    {
        while (metasyncer.Held(proxyId) < stamp)
        {
            var news = metasyncer.Progress;
            if (metasyncer.Held(proxyId) < stamp)
            {
                await news.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Tells it to stand, again while this node still leads, until it is the primary of the document.</summary>
    private async Task HandOverAsync(string proxyId, CancellationToken cancellation)
    {
        var again = TimeSpan.Zero;
        var told = time.GetTimestamp();
        while (owner.Current.Document.Map.PrimaryId != proxyId)
        {
            if (owner.Status.IsEstablished && time.GetElapsedTime(told) >= again)
            {
                await driver.TransferAsync(proxyId, cancellation).ConfigureAwait(false);
                told = time.GetTimestamp();
                again = owner.Current.Document.Config.Skein.ElectionTimeoutMax;
            }
            await Task.Delay(Poll, time, cancellation).ConfigureAwait(false);
        }
    }
}
