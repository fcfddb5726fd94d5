using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Cluster.Leases;
using Skein.Cluster.Liveness;
using Skein.Cluster.Membership;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Cluster.Peers;
using Skein.Cluster.Rebalance;
using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Node.Intra;

/// <summary>Keepalives, with which targets ask for leases, and probes on behalf of the primary.</summary>
/// <param name="owner">Present document, and who leads.</param>
/// <param name="metasyncer">Told what nodes hold; null on a target.</param>
/// <param name="leases">Grants leases; null on a target.</param>
/// <param name="board">Told what targets report of their objects.</param>
/// <param name="tracker">Told who is alive.</param>
/// <param name="transport">Way to the node that is probed.</param>
internal sealed class KeepAliveEndpoints(
    MetadataOwner owner,
    Metasyncer? metasyncer,
    LeaseService? leases,
    RebalanceBoard board,
    KeepAliveTracker tracker,
    IPeerTransport transport)
{
    private const int MaxBody = 4 << 10;

    /// <summary>Handles <see cref="IntraPaths.KeepAlive"/> and <see cref="IntraPaths.Probe"/>.</summary>
    public Task HandleAsync(HttpContext context, string path) =>
        path.StartsWith(IntraPaths.Probe + "/", StringComparison.Ordinal)
            ? ProbeAsync(context, path[(IntraPaths.Probe.Length + 1)..])
            : KeepAliveAsync(context, path[(IntraPaths.KeepAlive.Length + 1)..]);

    /// <summary>A node was let in: it is alive.</summary>
    public void Joined(string nodeId)
    {
        tracker.Heard(nodeId);
        metasyncer?.Refreshed();
    }

    private async Task KeepAliveAsync(HttpContext context, string nodeId)
    {
        var body = await ReadAsync(context).ConfigureAwait(false);
        var document = owner.Current.Document;
        var node = document.Map.Find(nodeId);
        var known = node is not null && node.Incarnation == body.Incarnation;
        var grant = LeaseGrant.None;
        if (known)
        {
            tracker.Heard(nodeId);
            if (DocumentTag.TryParse(context.Request.Headers[Core.Wire.HeaderNames.Stamp].ToString(), out var tag)
                && tag.Uuid == document.Uuid)
            {
                metasyncer?.Heard(nodeId, tag.Stamp);
                board.Post(nodeId, body.Incarnation, tag.Stamp.Generation, body.Rebalance);
                board.PostMountpaths(nodeId, body.Incarnation, body.HasNoMountpath);
                grant = leases?.Ask(nodeId, tag, body.Floor) ?? LeaseGrant.None;
            }
        }
        await IntraEndpoints.JsonAsync(
            context,
            200,
            new IntraKeepAliveReply
            {
                IsPrimary = owner.Status.IsEstablished,
                Known = known,
                Lease = grant.Milliseconds,
                Floor = grant.Floor,
            },
            IntraJsonContext.Default.IntraKeepAliveReply).ConfigureAwait(false);
    }

    private async Task ProbeAsync(HttpContext context, string nodeId)
    {
        var node = owner.Current.Document.Map.Find(nodeId)
            ?? throw new StoreException(StoreErrorCode.NodeNotFound, $"node {nodeId} does not exist");
        var (control, data, _) = await LivenessLoop.TryAsync(transport, node, context.RequestAborted).ConfigureAwait(false);
        await IntraEndpoints.JsonAsync(
            context,
            200,
            new IntraProbeReply { Control = control, Data = data },
            IntraJsonContext.Default.IntraProbeReply).ConfigureAwait(false);
    }

    private static async Task<IntraKeepAlive> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= MaxBody))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "a keepalive has a body of at most 4 KiB");
        }
        try
        {
            return await JsonSerializer
                .DeserializeAsync(context.Request.Body, IntraJsonContext.Default.IntraKeepAlive, context.RequestAborted)
                .ConfigureAwait(false) ?? new IntraKeepAlive();
        }
        catch (JsonException e)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"a keepalive cannot be read: {WireJson.Reason(e)}", e);
        }
    }
}
