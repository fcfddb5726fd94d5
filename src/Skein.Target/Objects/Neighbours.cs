using System.Net;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;

namespace Skein.Target.Objects;

/// <summary>A copy of an object on another target.</summary>
/// <param name="Node">The target.</param>
/// <param name="Attributes">Attributes of the copy.</param>
/// <param name="Location">Where it lies there.</param>
internal sealed record NeighbourCopy(NodeInfo Node, ObjectAttributes Attributes, string Location);

/// <summary>
/// Asks the targets that owned a name before for a copy that is newer than the one here, as long as the metadata says that
/// objects may still lie where an older map put them.
/// </summary>
/// <param name="peers">Calls them.</param>
/// <param name="facts">Who this node is.</param>
/// <param name="time">Clock for the limits of time.</param>
internal sealed class Neighbours(PeerClient peers, INodeFacts facts, TimeProvider time)
{
    /// <summary>
    /// True when an object may be on another target: the cluster is unsettled, and the call is a client's (a target that
    /// asks is asked no further).
    /// </summary>
    public static bool MayHave(CallContext call) => !call.IsIntra && !call.Metadata.Document.IsSettled;

    /// <summary>What placement knows an object by.</summary>
    public static ulong DigestOf(ObjectRequest request) => HrwDigest.OfObject(request.Bucket.Uname, request.Name);

    /// <summary>The newest copy on the other targets that is newer than the one here; null when none is.</summary>
    /// <param name="request">The object.</param>
    /// <param name="here">Stamp of the copy here; null for none.</param>
    /// <param name="toleratesSilence">True to go on with what those who answer have.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when some that may have a newer copy did not answer.
    /// </exception>
    public async Task<NeighbourCopy?> FindAsync(
        ObjectRequest request, WriteStamp? here, bool toleratesSilence, CancellationToken cancellation)
    {
        var others = Others(request, here?.Ownership ?? -1);
        var calls = others.ConvertAll(node => LookAsync(node, request, cancellation));
        NeighbourCopy? best = null;
        List<string>? silent = null;
        for (var i = 0; i < calls.Count; i++)
        {
            try
            {
                var copy = await calls[i].ConfigureAwait(false);
                if (copy is not null
                    && (here is null || copy.Attributes.Stamp > here)
                    && (best is null || copy.Attributes.Stamp > best.Attributes.Stamp))
                {
                    best = copy;
                }
            }
            catch (StoreException error)
            {
                (silent ??= []).Add(error.Message);
            }
        }
        if (silent is not null && !toleratesSilence)
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"the newest {request.Shown} may be on a target that does not answer: {string.Join("; ", silent)}");
        }
        return best;
    }

    /// <summary>Opens a copy for reading, or a range of it; null when it is gone meanwhile.</summary>
    public async Task<HttpResponseMessage?> OpenAsync(
        NeighbourCopy copy, ObjectRequest request, (long Offset, long Length)? range, CancellationToken cancellation)
    {
        var answer = await peers
            .SendAsync(
                copy.Node,
                NetworkKind.Data,
                new PeerRequest(HttpMethod.Get, PathOf(request), Range: range),
                cancellation)
            .ConfigureAwait(false);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }
        var status = answer.StatusCode;
        answer.Dispose();
        return status == HttpStatusCode.NotFound
            ? null
            : throw new StoreException(
                StoreErrorCode.Unreachable, $"{copy.Node.DisplayName} answered {(int)status} for {request.Shown}");
    }

    /// <summary>Asks another target a question about an object, whatever the answer is; the caller disposes of it.</summary>
    /// <param name="node">The target.</param>
    /// <param name="request">The object.</param>
    /// <param name="query">The question: more parameters, encoded.</param>
    /// <param name="cancellation">Gives up until the headers of the answer are there.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.Unreachable"/>.</exception>
    public Task<HttpResponseMessage> AskAsync(
        NodeInfo node, ObjectRequest request, string query, CancellationToken cancellation) =>
        peers.SendAsync(
            node, NetworkKind.Data, new PeerRequest(HttpMethod.Get, $"{PathOf(request)}&{query}"), cancellation);

    /// <summary>Deletes the object everywhere else; true when somebody had it.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when some target did not answer: a copy may be left there.
    /// </exception>
    public async Task<bool> DeleteAsync(ObjectRequest request, CancellationToken cancellation)
    {
        var calls = Others(request, -1).ConvertAll(node => DeleteOneAsync(node, request, cancellation));
        var any = false;
        List<string>? silent = null;
        foreach (var call in calls)
        {
            try
            {
                any |= await call.ConfigureAwait(false);
            }
            catch (StoreException error)
            {
                (silent ??= []).Add(error.Message);
            }
        }
        return silent is null
            ? any
            : throw new StoreException(
                StoreErrorCode.NotReady,
                $"{request.Shown} could not be deleted everywhere, try again: {string.Join("; ", silent)}");
    }

    private List<NodeInfo> Others(ObjectRequest request, long writtenUnder)
    {
        var document = request.Call.Metadata.Document;
        var holders = document.Rebalance.Holders(facts.Self.Id, DigestOf(request), writtenUnder);
        return holders is null
            ? [.. document.Map.Targets.Values.Where(node =>
                node.Id != facts.Self.Id && document.Rebalance.MayHold(node.Id))]
            : [.. holders.Select(id => document.Map.Targets.GetValueOrDefault(id)).OfType<NodeInfo>()];
    }

    private async Task<NeighbourCopy?> LookAsync(NodeInfo node, ObjectRequest request, CancellationToken cancellation)
    {
        using var answer = await AskAsync(node, HttpMethod.Head, request, cancellation).ConfigureAwait(false);
        return answer.StatusCode switch
        {
            HttpStatusCode.NotFound => null,
            HttpStatusCode.OK => new NeighbourCopy(
                node,
                NeighbourAnswer.Attributes(answer),
                NeighbourAnswer.Text(answer.Headers.NonValidated, "Ais-Location")),
            var status => throw new StoreException(
                StoreErrorCode.Unreachable, $"{node.DisplayName} answered {(int)status}"),
        };
    }

    private async Task<bool> DeleteOneAsync(NodeInfo node, ObjectRequest request, CancellationToken cancellation)
    {
        using var answer = await AskAsync(node, HttpMethod.Delete, request, cancellation).ConfigureAwait(false);
        return answer.StatusCode switch
        {
            HttpStatusCode.NotFound => false,
            HttpStatusCode.OK => true,
            var status => throw new StoreException(
                StoreErrorCode.Unreachable, $"{node.DisplayName} answered {(int)status}"),
        };
    }

    private async Task<HttpResponseMessage> AskAsync(
        NodeInfo node, HttpMethod method, ObjectRequest request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(
            request.Call.Metadata.Document.Config.Timeout.ControlPlaneOperation, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await peers
                .SendAsync(node, NetworkKind.Data, new PeerRequest(method, PathOf(request)), both.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"{node.DisplayName} did not answer in time", error);
        }
    }

    private static string PathOf(ObjectRequest request)
    {
        var path = $"/v1/objects/{request.Bucket.Name}/{PercentEncoding.EncodePath(request.Name)}"
            + $"?{QueryNames.Provider}={request.Bucket.Provider}";
        return request.Bucket.Namespace == BucketNamespace.Global
            ? path
            : $"{path}&{QueryNames.Namespace}={Uri.EscapeDataString(request.Bucket.Namespace.ToString())}";
    }
}
