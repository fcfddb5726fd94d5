using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Skein.Client.Transport;

/// <summary>Sends calls: over several endpoints, through redirects, again where that is safe.</summary>
/// <remarks>
/// Redirects are followed here and not by the HTTP handler: the verb, the headers and the body have to be repeated at
/// the target, and a large body must not be sent to the proxy at all. So a body over <see cref="MaxBodyToProxy"/> is
/// announced with <c>Expect: 100-continue</c>, and the proxy's redirect comes before its first byte leaves. A smaller
/// one is sent along: the proxy discards it, and the connection stays open, which is cheaper.
/// </remarks>
internal sealed class RequestSender : IDisposable
{
    /// <summary>Longest object body that is sent to a proxy although the proxy will redirect, in bytes.</summary>
    public const int MaxBodyToProxy = 32 * 1024;

    /// <summary>Longest object body that is sent to a target without asking first, in bytes.</summary>
    public const int MaxBodyUnasked = 1024 * 1024;

    private const int MaxRedirects = 5;

    private readonly SkeinClientOptions _options;
    private readonly EndpointSet _endpoints;
    private readonly HttpMessageInvoker _http;

    /// <summary>Makes the sender; nothing is sent.</summary>
    /// <exception cref="ArgumentException">When an option is out of range.</exception>
    public RequestSender(SkeinClientOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxRetries, 100);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries);
        _options = options;
        _endpoints = new EndpointSet(options.Endpoints);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
            Expect100ContinueTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        });
    }

    /// <summary>The endpoint in use.</summary>
    public Uri CurrentEndpoint => _endpoints.Current;

    /// <summary>Sends a call and returns the successful answer, whose body has not been read.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<Reply> SendAsync(RequestSpec spec, CancellationToken cancellation)
    {
        var ambiguous = false;
        for (var attempt = 0; ; attempt++)
        {
            var endpoint = _endpoints.Current;
            var outcome = await AttemptAsync(endpoint, spec, cancellation);
            if (outcome.Reply is { } reply)
            {
                return reply with { MayHaveBeenDoneBefore = ambiguous };
            }
            if (outcome.ToEndpoint && (outcome.Error!.IsUnreachable || ErrorReader.IsPassing(outcome.Error.Status)))
            {
                _endpoints.MoveOnFrom(endpoint);
            }
            ambiguous |= outcome.Ambiguous;
            if (!MayTryAgain(spec, outcome, attempt))
            {
                outcome.Error!.Data[Reply.AmbiguousKey] = ambiguous;
                throw outcome.Error;
            }
            if (attempt + 1 >= _endpoints.Count || !outcome.Error!.IsUnreachable)
            {
                await Task.Delay(Pause(attempt), _options.Time, cancellation);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private bool MayTryAgain(RequestSpec spec, Outcome outcome, int attempt)
    {
        if (outcome.Fatal || (outcome.BodyBegun && spec.Body is { CanReplay: false }))
        {
            return false;
        }
        // Endpoints that cannot be reached are passed over once, even by a call that is not retried.
        if (!outcome.Ambiguous && outcome.ToEndpoint && outcome.Error!.IsUnreachable && attempt + 1 < _endpoints.Count)
        {
            return true;
        }
        return spec.MayRetry && attempt < _options.MaxRetries + _endpoints.Count - 1
            && (outcome.Error!.IsUnreachable
                ? spec.IsIdempotent || !outcome.Ambiguous
                : ErrorReader.IsPassing(outcome.Error.Status));
    }

    // Exponential, with full jitter in the upper half.
    private TimeSpan Pause(int attempt)
    {
        double share;
        lock (_options.Random)
        {
            share = 0.5 + (_options.Random.NextDouble() / 2);
        }
        var longest = Math.Min(
            _options.RetryDelay.TotalMilliseconds * Math.Pow(2, attempt), _options.MaxRetryDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(longest * share);
    }

    private async Task<Outcome> AttemptAsync(Uri endpoint, RequestSpec spec, CancellationToken cancellation)
    {
        var uri = RequestUri.Of(endpoint, spec);
        var begun = false;
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            var hopResult = await HopAsync(uri, spec, hop, cancellation);
            begun |= hopResult.Outcome?.BodyBegun ?? false;
            if (hopResult.Outcome is { } outcome)
            {
                return outcome with { ToEndpoint = hop == 0, BodyBegun = begun };
            }
            begun |= hopResult.BodyBegun;
            uri = hopResult.Redirect!;
            if (begun && spec.Body is { CanReplay: false })
            {
                var lost = new SkeinException(
                    "the proxy began to read the body before it redirected, and the source cannot be read twice");
                return new Outcome(null, lost) { BodyBegun = true, Fatal = true };
            }
        }
        return new Outcome(null, new SkeinException($"more than {MaxRedirects} redirects, the last one to {uri}"))
        {
            Fatal = true,
        };
    }

    // One request and its answer: a redirect, a reply or an error.
    private async Task<(Uri? Redirect, Outcome? Outcome, bool BodyBegun)> HopAsync(
        Uri uri, RequestSpec spec, int hop, CancellationToken cancellation)
    {
        var patience = new Patience(_options.Timeout, _options.Time, cancellation);
        var sent = 0L;
        using var request = Build(uri, spec, hop, bytes =>
        {
            patience.Renew();
            sent += bytes;
            spec.Progress?.Report(bytes);
        });
        var upload = request.Content as UploadContent;
        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(request, patience.Token);
            if (IsRedirect(response, out var location))
            {
                TakeBack(spec, sent);
                var next = RequestUri.Follow(uri, location);
                return next is not null
                    ? (next, null, upload?.Begun ?? false)
                    : (null, new Outcome(null, Malformed(request, location)) { Fatal = true }, false);
            }
            if (response.IsSuccessStatusCode)
            {
                var reply = new Reply(response, patience);
                (response, patience) = (null, null!);
                return (null, new Outcome(reply, null), false);
            }
            TakeBack(spec, sent);
            var error = await ErrorReader.ReadAsync(response, patience.Token);
            return (null, new Outcome(null, error) { BodyBegun = upload?.Begun ?? false }, false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && patience.RanOut))
        {
            TakeBack(spec, sent);
            return (null, Unreachable(request, upload, e), false);
        }
        finally
        {
            response?.Dispose();
            patience?.Dispose();
        }
    }

    private static void TakeBack(RequestSpec spec, long sent)
    {
        if (sent != 0)
        {
            spec.Progress?.Report(-sent);
        }
    }

    private HttpRequestMessage Build(Uri uri, RequestSpec spec, int hop, Action<int> sent)
    {
        var request = new HttpRequestMessage(spec.Method, uri) { Version = HttpVersion.Version11 };
        request.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        if (_options.Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _options.Token);
        }
        foreach (var (name, value) in spec.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        if (spec.Json is not null)
        {
            request.Content = new ByteArrayContent(spec.Json);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        else if (spec.Body is not null)
        {
            request.Content = new UploadContent(spec.Body, sent);
            var free = hop == 0 ? MaxBodyToProxy : MaxBodyUnasked;
            request.Headers.ExpectContinue = spec.Body.Length is null || spec.Body.Length > free;
        }
        return request;
    }

    private static bool IsRedirect(HttpResponseMessage response, out string location)
    {
        location = "";
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
        {
            return false;
        }
        location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : "";
        return location.Length != 0;
    }

    private Outcome Unreachable(HttpRequestMessage request, UploadContent? upload, Exception cause)
    {
        if (upload?.SourceError is { } broken)
        {
            return new Outcome(null, new SkeinException("the source cannot be read: " + broken.Message, broken))
            {
                Fatal = true,
                BodyBegun = true,
            };
        }
        var authority = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        var reason = cause switch
        {
            OperationCanceledException => $"{authority} did not answer within {_options.Timeout.TotalSeconds:0.###} seconds",
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: { } inner } =>
                $"cannot connect to {authority}: {inner.Message}",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                $"cannot find the host of {authority}",
            _ => $"the connection to {authority} broke: {cause.Message}",
        };
        var neverSent = cause is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        };
        var error = new SkeinException(reason, cause) { Request = $"{request.Method} {request.RequestUri.AbsoluteUri}" };
        return new Outcome(null, error) { Ambiguous = !neverSent, BodyBegun = upload?.Begun ?? false };
    }

    private static SkeinException Malformed(HttpRequestMessage request, string location) =>
        new($"{request.RequestUri} redirects to \"{location}\", which is no URL") { Request = request.ToString() };

    private sealed record Outcome(Reply? Reply, SkeinException? Error)
    {
        // The endpoint itself failed, not a node it redirected to.
        public bool ToEndpoint { get; init; }

        // The request may have been carried out although there was no answer.
        public bool Ambiguous { get; init; }

        // Some of the object's body was read from its source.
        public bool BodyBegun { get; init; }

        // Trying again cannot help.
        public bool Fatal { get; init; }
    }
}
