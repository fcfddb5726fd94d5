using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Errors;
using Skein.Gateway.Peers;
using Skein.Gateway.Rest;

namespace Skein.Gateway.Pipeline;

/// <summary>
/// The way of every request: 1. parse the path; 2. the node's own intra-cluster handler, if the path is its; 3. the
/// dialect, which takes one snapshot of the metadata, checks access, and calls the role; 4. errors, in one place.
/// </summary>
public sealed class RequestPipeline
{
    private readonly GatewayServices _services;
    private readonly ErrorResponse _errors;
    private readonly RestDialect _rest;

    /// <summary>Makes the pipeline of one node.</summary>
    public RequestPipeline(GatewayServices services)
    {
        _services = services;
        _errors = new ErrorResponse(() => services.Facts.Self.DisplayName);
        _rest = new RestDialect(services);
    }

    /// <summary>Serves a request. Never throws.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var started = _services.Time.GetTimestamp();
        RequestIds.Begin(context);
        using var activity = RequestActivity.Start(context, _services.Facts.Self.Id);
        await ServeAsync(context).ConfigureAwait(false);
        var elapsed = _services.Time.GetElapsedTime(started);
        if (IsTimed(context))
        {
            _services.Counters.Durations.Record(context.Request.Method, elapsed);
        }
        var status = context.Response.StatusCode;
        RequestActivity.End(activity, status);
        if (_services.Logger.IsEnabled(LogLevel.Debug))
        {
            GatewayLog.Served(
                _services.Logger, context.Request.Method, ShownPath(context), status,
                (long)elapsed.TotalMilliseconds, context.TraceIdentifier);
        }
    }

    // Not the calls of other nodes, and not the stream that a console listens to for hours.
    private static bool IsTimed(HttpContext context) =>
        !context.Request.Headers.ContainsKey(HeaderNames.CallerId)
            && context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.Ordinal) != true;

    private async Task ServeAsync(HttpContext context)
    {
        var rate = context.Features.Get<IHttpMinRequestBodyDataRateFeature>();
        if (rate is not null)
        {
            rate.MinDataRate = null;
        }
        if (CrossOrigin.Answer(context, _services.Metadata.Current.Document))
        {
            return;
        }
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (await HalfOpenConnection.BodyErrorAsync(context).ConfigureAwait(false) is { } cut)
            {
                await RefuseBodyAsync(context, cut).ConfigureAwait(false);
                return;
            }
            GatewayLog.ClientGone(_services.Logger, context.Request.Method, ShownPath(context));
            context.Abort();
        }
        catch (Exception error) when (error is ConnectionResetException
            || (error is IOException and not BadHttpRequestException && context.RequestAborted.IsCancellationRequested))
        {
            GatewayLog.ClientGone(_services.Logger, context.Request.Method, ShownPath(context));
            context.Abort();
        }
        catch (BadHttpRequestException error)
        {
            await RefuseBodyAsync(context, error).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the request edge: whatever goes wrong is answered and logged
        catch (Exception error)
#pragma warning restore CA1031
        {
            await FailAsync(context, error).ConfigureAwait(false);
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = RequestPath.Parse(string.IsNullOrEmpty(target) ? context.Request.Path.Value ?? "/" : target);
        var network = context.Features.Get<INetworkFeature>()?.Kind ?? NetworkKind.All;
        if (_services.Intra is { } intra && intra.Matches(context.Request.Method, path, network))
        {
            return intra.HandleAsync(context, path);
        }
        return _rest.HandleAsync(new RequestContext(context, path, _services));
    }

    private Task RefuseAsync(HttpContext context, StoreException error)
    {
        if (context.Response.HasStarted)
        {
            GatewayLog.AnswerBroken(_services.Logger, context.Request.Method, ShownPath(context), error);
            context.Abort();
            return Task.CompletedTask;
        }
        var status = ErrorStatusTable.Status(error.Code);
        var peer = ErrorResponse.RemoteAddress(context);
        if (error.Code == StoreErrorCode.Internal)
        {
            GatewayLog.RequestFailed(_services.Logger, context.Request.Method, ShownPath(context), error);
        }
        else if (status >= 500)
        {
            GatewayLog.RequestRefused(
                _services.Logger, context.Request.Method, ShownPath(context), peer, status, error.Message);
        }
        else
        {
            GatewayLog.RequestError(
                _services.Logger, context.Request.Method, ShownPath(context), peer, status, error.Message);
        }
        if (context.Request.Headers.ContainsKey(HeaderNames.CallerId))
        {
            // A node that is refused for being behind learns by how much.
            context.Response.Headers[HeaderNames.Stamp] = StampHeader.Format(_services.Metadata.Current);
        }
        RequestIds.Show(context);
        return _errors.WriteAsync(context, null, error);
    }

    /// <summary>The server could not read the body: cut short, badly chunked, or too large.</summary>
    private async Task RefuseBodyAsync(HttpContext context, BadHttpRequestException error)
    {
        var malformed = error.StatusCode != StatusCodes.Status400BadRequest
            || error.Message.StartsWith("Bad chunk", StringComparison.Ordinal);
        if (malformed)
        {
            await RefuseAsync(context, new StoreException(
                StoreErrorCode.InvalidRequest, $"the body cannot be read: {error.Message}", error)).ConfigureAwait(false);
            return;
        }
        // The server has given the connection up; the client may have closed only its sending side and still listen.
        var cut = new StoreException(StoreErrorCode.TruncatedBody, $"unexpected EOF: {error.Message}", error);
        if (context.Response.HasStarted
            || context.Features.Get<HalfOpenConnection>() is not { } connection
            || !await connection.SayAsync(_errors.Compose(context, cut)).ConfigureAwait(false))
        {
            await RefuseAsync(context, cut).ConfigureAwait(false);
        }
    }

    private Task FailAsync(HttpContext context, Exception error)
    {
        if (context.Response.HasStarted)
        {
            GatewayLog.AnswerBroken(_services.Logger, context.Request.Method, ShownPath(context), error);
            context.Abort();
            return Task.CompletedTask;
        }
        GatewayLog.RequestFailed(_services.Logger, context.Request.Method, ShownPath(context), error);
        var id = context.TraceIdentifier;
        context.Response.Headers.Clear();
        RequestIds.Show(context);
        return _errors.WriteAsync(
            context,
            null,
            StatusCodes.Status500InternalServerError,
            null,
            string.Create(CultureInfo.InvariantCulture, $"internal error, see the log of this node (request {id})"));
    }

    private static string ShownPath(HttpContext context) => context.Request.Path.Value ?? "";
}
