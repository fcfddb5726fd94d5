using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Pipeline;

/// <summary>What the handlers of calls from node to node have in common.</summary>
/// <param name="metadata">The present document.</param>
/// <param name="control">Fetches newer ones.</param>
/// <param name="time">Clock of the limits.</param>
public sealed class PeerCalls(IMetadataSource metadata, IControlPlane control, TimeProvider time)
{
    /// <summary>The present document.</summary>
    public SealedDocument Metadata => metadata.Current;

    /// <summary>
    /// The node that calls. Waits first, for at most <see cref="GatewayLimits.CatchUp"/>, until this node knows the document
    /// under which the call was made.
    /// </summary>
    /// <param name="context">The call.</param>
    /// <param name="role">The role that the caller must have; null for any.</param>
    /// <exception cref="StoreException">When the caller is no such node of the cluster.</exception>
    public async Task<NodeInfo> CallerAsync(HttpContext context, NodeRole? role)
    {
        var headers = context.Request.Headers;
        var stamp = StampHeader.ReadStamp(headers[HeaderNames.Stamp].ToString());
        if (stamp > metadata.Current.Stamp)
        {
            await control
                .CatchUpWithinAsync(stamp, GatewayLimits.CatchUp, time, context.RequestAborted)
                .ConfigureAwait(false);
        }
        var id = headers[HeaderNames.CallerId].ToString();
        return metadata.Current.Document.Map.Find(id) is { } node && (role is null || node.Role == role)
            ? node
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"\"{id}\" is no {(role is null ? "node" : role == NodeRole.Target ? "target" : "proxy")} of this cluster");
    }

    /// <summary>Reads a small body.</summary>
    /// <param name="context">The call.</param>
    /// <param name="type">What is expected.</param>
    /// <param name="limit">Greatest length in bytes.</param>
    /// <exception cref="StoreException">When it is empty, longer than that, or something else.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, int limit)
        where T : class
    {
        if (context.Request.ContentLength is not { } length || length < 1 || length > limit)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"a request of {context.Request.ContentLength} bytes, expected 1 to {limit}");
        }
        try
        {
            return await JsonSerializer
                .DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                .ConfigureAwait(false) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"the request cannot be read: {WireJson.Reason(error)}", error);
        }
    }

    /// <summary>Answers with JSON; with nothing, without a body.</summary>
    public static async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
    }
}
