using Microsoft.AspNetCore.Http;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;
using Skein.Target.Buckets;

namespace Skein.Node.Intra;

/// <summary>Tells the primary what of this target's objects would belong elsewhere among other owners.</summary>
/// <param name="survey">Looks through the listing.</param>
internal sealed class PlacementEndpoints(PlacementSurvey survey) : IIntraHandler
{
    /// <summary>Largest question, in bytes.</summary>
    private const int MaxBody = 1 << 20;

    /// <inheritdoc/>
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Control) && path.Decoded == IntraPaths.Placement;

    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        var question = await PeerCalls
            .ReadAsync(context, IntraJsonContext.Default.IntraPlacementQuestion, MaxBody)
            .ConfigureAwait(false);
        var count = await survey.CountAsync(question.Owners ?? [], context.RequestAborted).ConfigureAwait(false);
        await IntraEndpoints.JsonAsync(
            context, 200, IntraPlacement.From(count), IntraJsonContext.Default.IntraPlacement).ConfigureAwait(false);
    }
}
