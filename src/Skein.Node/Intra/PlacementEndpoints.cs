using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Rest;
using Skein.Target.Buckets;

namespace Skein.Node.Intra;

/// <summary>Tells the primary what of this target's objects would belong elsewhere among other owners.</summary>
/// <param name="survey">Looks through the listing.</param>
internal sealed class PlacementEndpoints(PlacementSurvey survey) : IIntraHandler
{
    private const int MaxBody = 1 << 20;

    /// <inheritdoc/>
    public bool Matches(string method, RequestPath path, NetworkKind network) =>
        method == "POST" && network.HasFlag(NetworkKind.Control) && path.Decoded == IntraPaths.Placement;

    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context, RequestPath path)
    {
        if (context.Request.ContentLength is not (> 0 and <= MaxBody))
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "the ids of the owners are expected");
        }
        IntraPlacementQuestion? question;
        try
        {
            question = await JsonSerializer
                .DeserializeAsync(
                    context.Request.Body, IntraJsonContext.Default.IntraPlacementQuestion, context.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"the question cannot be read: {e.Message}", e);
        }
        var count = await survey.CountAsync(question?.Owners ?? [], context.RequestAborted).ConfigureAwait(false);
        await IntraEndpoints.JsonAsync(
            context, 200, IntraPlacement.From(count), IntraJsonContext.Default.IntraPlacement).ConfigureAwait(false);
    }
}
