using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cluster.Operations;

/// <summary>What a forced recovery needs of others.</summary>
public interface IForcedRecovery
{
    /// <summary>The newest document that a node has accepted, committed or not.</summary>
    /// <returns>Null when it has none or does not answer in time.</returns>
    Task<SealedDocument?> SurveyAsync(NodeInfo node, CancellationToken cancellation);

    /// <summary>
    /// Begins a new generation on this node out of the document given, with this node as its primary and only voter.
    /// </summary>
    /// <returns>The first document of the new generation, committed.</returns>
    /// <exception cref="StoreException">When this node cannot.</exception>
    Task<SealedDocument> ForceAsync(SealedDocument newest, string who, CancellationToken cancellation);
}

/// <summary>
/// Makes this proxy the primary although there is no majority, after the permanent loss of most voters. Without consent
/// it only shows what every reachable node holds and what would be lost.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="owner">Present document, and who leads.</param>
/// <param name="recovery">Asks the others, and does it.</param>
/// <param name="log">Log; a recovery is always in it.</param>
public sealed class ForcedPrimary(
    NodeInfo self, MetadataOwner owner, IForcedRecovery recovery, ILogger<ForcedPrimary> log)
{
    /// <summary>Most nodes that are asked at a time.</summary>
    public const int MaxAtOnce = 64;

    /// <summary>Looks, and acts when <paramref name="acceptLoss"/> says so.</summary>
    /// <param name="acceptLoss">False for a dry run.</param>
    /// <param name="who">On whose request.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="StoreException">When this node cannot lead, or a primary with a majority is there.</exception>
    public async Task<ForcedPrimaryReply> RunAsync(bool acceptLoss, string who, CancellationToken cancellation)
    {
        var current = owner.Current;
        if (!current.Document.Exists)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{self.DisplayName} belongs to no cluster: there is nothing to recover");
        }
        if (!self.IsElectable)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{self.DisplayName} is no electable proxy: it cannot become the primary");
        }
        var (surveyed, newest) = await SurveyAsync(current, cancellation).ConfigureAwait(false);
        var losses = Losses(newest, surveyed);
        var reply = new ForcedPrimaryReply
        {
            Node = self.Id,
            Adopts = newest.Stamp.ToString(),
            LastChange = newest.Document.LastChange.What,
            Nodes = surveyed,
            Losses = losses,
        };
        if (!acceptLoss)
        {
            return reply;
        }
        if (HasMajority(newest.Document, surveyed))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                "a majority of the voters answers: the cluster elects a primary by itself, and nothing has to be lost. "
                    + "To choose who leads use set-primary");
        }
        ClusterLog.Forced(log, who, newest.Stamp, string.Join("; ", losses));
        var document = await recovery.ForceAsync(newest, who, cancellation).ConfigureAwait(false);
        return reply with { IsDone = true, Stamp = document.Stamp.ToString() };
    }

    private async Task<(List<SurveyedNode> Nodes, SealedDocument Newest)> SurveyAsync(
        SealedDocument current, CancellationToken cancellation)
    {
        var newest = current;
        var surveyed = new List<SurveyedNode>();
        foreach (var nodes in current.Document.Map.AllNodes.Chunk(MaxAtOnce))
        {
            var answers = await Task
                .WhenAll(nodes.Select(node => recovery.SurveyAsync(node, cancellation)))
                .ConfigureAwait(false);
            foreach (var (node, answer) in nodes.Zip(answers))
            {
                var held = answer is not null && answer.Uuid == current.Uuid ? answer : null;
                newest = held is not null && held.Stamp > newest.Stamp ? held : newest;
                surveyed.Add(new SurveyedNode
                {
                    Id = node.Id,
                    IsVoter = current.Document.Voters.Any(voter => voter.Id == node.Id),
                    IsReachable = answer is not null,
                    Holds = held?.Stamp.ToString() ?? "",
                });
            }
        }
        return (surveyed, newest);
    }

    private static List<string> Losses(SealedDocument newest, List<SurveyedNode> surveyed)
    {
        var away = newest.Document.Voters
            .Where(voter => surveyed.Find(node => node.Id == voter.Id) is not { IsReachable: true })
            .Select(voter => voter.Id)
            .ToList();
        var losses = new List<string>();
        if (away.Count > newest.Document.Voters.Length / 2)
        {
            losses.Add(
                $"changes after version {newest.Stamp.Version} that only the voters {string.Join(", ", away)} hold, if there "
                    + "are any: they do not answer and cannot be asked");
        }
        var silent = surveyed.Where(node => !node.IsReachable).Select(node => node.Id).ToList();
        if (silent.Count > 0)
        {
            losses.Add(
                $"nodes that do not answer, {string.Join(", ", silent)}, are fenced by the new generation: what they are "
                    + "told by each other in the meantime does not count");
        }
        return losses;
    }

    private static bool HasMajority(ControlDocument document, List<SurveyedNode> surveyed)
    {
        var there = document.Voters.Count(voter =>
            surveyed.Exists(node => node.Id == voter.Id && node.IsReachable)
            && document.Map.Find(voter.Id)?.Incarnation == voter.Incarnation);
        return there > document.Voters.Length / 2;
    }
}
