using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary>Takes a change that only the primary can make to the primary, and its answer back to the client.</summary>
internal sealed class PrimaryRelay(GatewayServices services)
{
    /// <summary>Passes the request on unless this node is the primary.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body, read already.</param>
    /// <returns>False when this node is the primary and has to serve the request itself.</returns>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when there is no primary, it does not answer, or two proxies take each
    /// other for the primary.
    /// </exception>
    public async Task<bool> RelayAsync(RequestContext request, ReadOnlyMemory<byte> body)
    {
        if (services.Control.IsPrimary)
        {
            return false;
        }
        var self = services.Facts.Self;
        if (request.Http.Request.Headers.ContainsKey(RelayHeaders.ForwardedBy))
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"{self.DisplayName} is not the primary: the primary is in transition, try again");
        }
        if (services.Control.Primary is not { } primary || primary.Id == self.Id || services.Forwarder is null)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"{self.DisplayName}: there is no primary at the moment, try again");
        }
        var target = request.Path.RawQuery.Length == 0
            ? "/" + request.Path.RawRest(0)
            : $"/{request.Path.RawRest(0)}?{request.Path.RawQuery}";
        if (!await services.Forwarder.ForwardAsync(request.Http, primary, target, body, request.Aborted)
            .ConfigureAwait(false))
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"{self.DisplayName}: the primary {primary.DisplayName} does not answer at {primary.ControlNet.Url}");
        }
        await CatchUpWithAnswerAsync(request).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// The answer names the document that it was made under: with that here, the client's next request through this
    /// proxy sees its own change.
    /// </summary>
    private static Task CatchUpWithAnswerAsync(RequestContext request)
    {
        var stamp = StampHeader.ReadStamp(request.Response.Headers[HeaderNames.Stamp].ToString());
        return stamp > request.Services.Metadata.Current.Stamp ? request.CatchUpAsync(stamp) : Task.CompletedTask;
    }
}
