using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Operations;

/// <summary>
/// Finds who leads next when the primary goes on purpose, and hands over: to a proxy that votes, holds the newest document
/// and is heard of, or to the one that comes nearest to that.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Present document, and who leads.</param>
/// <param name="transfer">Hands over.</param>
/// <param name="metasyncer">Knows who holds what.</param>
/// <param name="tracker">Knows who was heard of.</param>
/// <param name="time">Clock.</param>
public sealed class PrimarySuccession(
    string selfId,
    MetadataOwner owner,
    PrimaryTransfer transfer,
    Metasyncer metasyncer,
    KeepAliveTracker tracker,
    TimeProvider time)
{
    /// <summary>Keepalives that a node may miss and still be taken for alive.</summary>
    private const int Misses = 3;

    /// <summary>Who should lead next, best first.</summary>
    /// <param name="leaving">Who is out of the question.</param>
    public IReadOnlyList<NodeInfo> Candidates(IReadOnlyCollection<string> leaving)
    {
        var current = owner.Current;
        var voters = current.Document.Voters.Where(voter => !voter.IsWitness).ToDictionary(voter => voter.Id);
        return
        [
            .. current.Document.Map.Proxies.Values
                .Where(node => node.Id != selfId && node.IsElectable && node.IsActive && !leaving.Contains(node.Id))
                .Where(node => IsAlive(current.Document, node.Id))
                .OrderByDescending(node =>
                    voters.TryGetValue(node.Id, out var voter) && voter.Incarnation == node.Incarnation)
                .ThenByDescending(node => metasyncer.Held(node.Id))
                .ThenBy(node => tracker.SinceHeard(node.Id) ?? TimeSpan.MaxValue)
                .ThenBy(node => node.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>Hands the lead over to the best candidate, to the next best where that fails.</summary>
    /// <param name="leaving">Who is out of the question beside this node.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="limit">Longest that all of it may take.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>False when nobody else could lead, or this node does not lead.</returns>
    /// <exception cref="StoreException">When there are others, and none has taken over in time.</exception>
    public async Task<bool> HandOverAsync(
        IReadOnlyCollection<string> leaving, string who, TimeSpan limit, CancellationToken cancellation)
    {
        var candidates = owner.Status.IsEstablished ? Candidates(leaving) : [];
        using var timer = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        StoreException? last = null;
        foreach (var candidate in candidates)
        {
            try
            {
                await transfer.RunAsync(candidate.Id, who, both.Token).ConfigureAwait(false);
                return true;
            }
            catch (StoreException e)
            {
                last = e;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new StoreException(
                    StoreErrorCode.NotReady,
                    $"{candidate.DisplayName} has not taken over from p[{selfId}] within {limit.TotalSeconds:0.#} s");
            }
        }
        return last is null ? false : throw last;
    }

    /// <summary>Of whom nothing was heard since this node leads may still be about to say that it is there.</summary>
    private bool IsAlive(ControlDocument document, string id) =>
        tracker.SinceHeard(id) is not { } silent || silent < document.Config.Skein.KeepaliveInterval * Misses;
}
