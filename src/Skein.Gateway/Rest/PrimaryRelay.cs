using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>
/// Takes a change that only the primary can make to the primary, and its answer back to the client. During an election
/// it waits for the next primary, for a bounded time. A change is never sent twice: where it may have arrived and there is
/// no answer, the client is told so, since only it knows whether a repetition would do harm.
/// </summary>
internal sealed class PrimaryRelay(GatewayServices services)
{
    /// <summary>
    /// Proxies that a change may pass: one that is asked, and one that led when the first one looked. A change that has
    /// passed two waits where it is.
    /// </summary>
    private const int MaxHops = 2;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>How often is looked whether the primary that has a change still leads.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Passes the request on, or serves it when this node is the primary. One that hands the lead over in this moment
    /// passes on what it has not begun.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body, read already.</param>
    /// <param name="serve">Serves the request on the primary.</param>
    public async Task ServeAsync(RequestContext request, ReadOnlyMemory<byte> body, Func<Task> serve)
    {
        if (await RelayAsync(request, body).ConfigureAwait(false))
        {
            return;
        }
        try
        {
            await serve().ConfigureAwait(false);
            return;
        }
        catch (StoreException e) when (e.IsUndone && !request.Response.HasStarted)
        {
            // The next primary does it.
        }
        if (!await RelayAsync(request, body).ConfigureAwait(false))
        {
            request.Refresh();
            await serve().ConfigureAwait(false);
        }
    }

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
        var self = services.Facts.Self;
        var started = services.Time.GetTimestamp();
        var relayed = Hops(request) >= MaxHops;
        var silent = "";
        while (!services.Control.IsPrimary)
        {
            if (!relayed
                && services.Forwarder is not null
                && services.Control.Primary is { } primary
                && primary.Id != self.Id
                && primary.Id != silent)
            {
                switch (await SendAsync(request, primary, body).ConfigureAwait(false))
                {
                    case ForwardOutcome.Answered:
                        await CatchUpWithAnswerAsync(request).ConfigureAwait(false);
                        return true;
                    case ForwardOutcome.NoAnswer:
                        throw new StoreException(
                            StoreErrorCode.NotReady,
                            $"{self.DisplayName}: the primary {primary.DisplayName} got the change and did not answer: "
                                + "it may have been made or not, look before you try again");
                    default:
                        silent = primary.Id;
                        break;
                }
            }
            if (services.Time.GetElapsedTime(started) >= GatewayLimits.PrimaryWait)
            {
                throw new StoreException(StoreErrorCode.NotReady, Explain(self, relayed, silent));
            }
            await Task.Delay(Poll, services.Time, request.Aborted).ConfigureAwait(false);
        }
        return false;
    }

    /// <summary>
    /// Passes a question on to the primary, if another node is known to lead and answers; asks once and waits for no
    /// election.
    /// </summary>
    /// <returns>False when this node has to say what it knows.</returns>
    public async Task<bool> TryForwardAsync(RequestContext request) =>
        !services.Control.IsPrimary
        && !request.Http.Request.Headers.ContainsKey(RelayHeaders.ForwardedBy)
        && services.Forwarder is not null
        && services.Control.Primary is { } primary
        && primary.Id != services.Facts.Self.Id
        && await services.Forwarder
            .ForwardAsync(request.Http, primary, Target(request), ReadOnlyMemory<byte>.Empty, request.Aborted)
            .ConfigureAwait(false) == ForwardOutcome.Answered;

    /// <summary>
    /// Sends a change to the primary. One that stands still, or is behind a cut, keeps its connections open: so the waiting
    /// also ends when for long somebody else leads, or this node hears of no primary. One that has just handed over on
    /// purpose still answers.
    /// </summary>
    private async Task<ForwardOutcome> SendAsync(RequestContext request, NodeInfo primary, ReadOnlyMemory<byte> body)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
        var answer = services.Forwarder!.ForwardAsync(request.Http, primary, Target(request), body, stop.Token);
        var led = services.Time.GetTimestamp();
        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(Watch, services.Time, stop.Token)).ConfigureAwait(false);
            led = StillLeads(primary) ? services.Time.GetTimestamp() : led;
            if (services.Time.GetElapsedTime(led) >= GatewayLimits.PrimaryWait)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                break;
            }
        }
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!request.Aborted.IsCancellationRequested)
        {
            return ForwardOutcome.NoAnswer;
        }
    }

    private static int Hops(RequestContext request) =>
        request.Http.Request.Headers.TryGetValue(RelayHeaders.ForwardedBy, out var by) ? by.ToString().Split(',').Length : 0;

    private bool StillLeads(NodeInfo primary) => !services.Control.IsPrimary
        && services.Control.HearsPrimary
        && services.Control.Primary?.Id == primary.Id;

    private static string Target(RequestContext request) => request.Path.RawQuery.Length == 0
        ? "/" + request.Path.RawRest(0)
        : $"/{request.Path.RawRest(0)}?{request.Path.RawQuery}";

    private static string Explain(NodeInfo self, bool relayed, string silent)
    {
        if (relayed)
        {
            return $"{self.DisplayName} is not the primary: the primary is in transition, try again";
        }
        return silent.Length == 0
            ? $"{self.DisplayName}: there is no primary at the moment, try again"
            : $"{self.DisplayName}: the primary p[{silent}] does not answer and no other is elected yet, try again";
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
