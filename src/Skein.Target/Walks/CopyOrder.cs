using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Nodes;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;

namespace Skein.Target.Walks;

/// <summary>What a job tells the owner of an object: copy it.</summary>
/// <param name="Bucket">Unique name of the object's bucket.</param>
/// <param name="Name">The object.</param>
/// <param name="ToBucket">Unique name of the destination bucket.</param>
/// <param name="ToName">Name of the copy.</param>
/// <param name="Latest">True to look first whether its home has a newer one, in a remote bucket.</param>
internal sealed record CopyOrder(string Bucket, string Name, string ToBucket, string ToName, bool Latest)
{
    /// <summary>Where it is sent to, on the data network.</summary>
    public const string Path = "/v1/copies/order";

    /// <summary>Greatest length in bytes: four names, escaped.</summary>
    public const int MaxBytes = 64 << 10;
}

/// <summary>The answer to an order.</summary>
/// <param name="Bytes">Bytes of the object; null when there is none.</param>
internal sealed record CopyOrderAnswer(long? Bytes);

/// <summary>Takes orders from other targets; on the data network only.</summary>
internal sealed class CopyOrderEndpoints(SourceCopies copies, PeerCalls calls) : IIntraHandler
{
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Data) && path.Decoded == CopyOrder.Path;

    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        _ = await calls.CallerAsync(context, NodeRole.Target).ConfigureAwait(false);
        var order = await PeerCalls
            .ReadAsync(context, WalkJsonContext.Default.CopyOrder, CopyOrder.MaxBytes).ConfigureAwait(false);
        var bytes = await copies.ObeyAsync(order, context.RequestAborted).ConfigureAwait(false);
        await PeerCalls
            .AnswerAsync(
                context,
                JsonSerializer.SerializeToUtf8Bytes(new CopyOrderAnswer(bytes), WalkJsonContext.Default.CopyOrderAnswer))
            .ConfigureAwait(false);
    }
}
