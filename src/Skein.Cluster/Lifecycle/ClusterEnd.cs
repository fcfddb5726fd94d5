using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Core.Nodes;

namespace Skein.Cluster.Lifecycle;

/// <summary>
/// Ends the whole cluster, for the primary: targets first, then the proxies, which keep the cluster able to go on for as
/// long as anything can fail. This node is the last. The control document stays as it is.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Present document.</param>
/// <param name="peers">Commands nodes.</param>
/// <param name="log">Log.</param>
public sealed class ClusterEnd(string selfId, MetadataOwner owner, ILifecyclePeers peers, ILogger<ClusterEnd> log)
{
    /// <summary>Most nodes that are told at a time.</summary>
    public const int MaxAtOnce = 64;

    /// <summary>Tells every other node; one that does not answer is logged and left behind.</summary>
    public async Task RunAsync(NodeCommand command, string who, CancellationToken cancellation)
    {
        ClusterLog.ClusterEnds(log, command.Order, who);
        var map = owner.Current.Document.Map;
        var silent = new List<string>();
        foreach (var group in (IReadOnlyList<IEnumerable<NodeInfo>>)[map.Targets.Values, map.Proxies.Values])
        {
            foreach (var some in group.Where(node => node.Id != selfId).Chunk(MaxAtOnce))
            {
                var answers = await Task
                    .WhenAll(some.Select(node => peers.CommandAsync(node, command, cancellation)))
                    .ConfigureAwait(false);
                silent.AddRange(some.Where((_, index) => answers[index] is not null).Select(node => node.DisplayName));
            }
        }
        if (silent.Count != 0)
        {
            ClusterLog.ClusterEndIncomplete(log, command.Order, who, string.Join(", ", silent));
        }
    }
}
