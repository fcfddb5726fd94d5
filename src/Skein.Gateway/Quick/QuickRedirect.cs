using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Skein.Core.Maps;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;
using Skein.Gateway.Rest.Objects;
using Skein.Transport;

namespace Skein.Gateway.Quick;

/// <summary>
/// Sends plain GETs of objects to the target that owns them before the HTTP server sees them, byte for byte as it would: the
/// same checks under one control document, the same headers and body, the same counters, and nothing allocated. Wherever the
/// answer could be another one it is left to the HTTP server.
/// </summary>
/// <param name="services">What the gateway works with.</param>
/// <param name="router">Says who owns a name.</param>
public sealed class QuickRedirect(GatewayServices services, IQuickRouter router) : IQuickResponder, IQuickOwner
{
    /// <summary>Longest location, in bytes; a longer one is left to the HTTP server.</summary>
    private const int MaxLocation = 2048;

    /// <summary>More than the bytes of a head without its location, and of a body without its link.</summary>
    private const int Frame = 512;

    /// <summary>Most bytes that one byte becomes in HTML.</summary>
    private const int MostInHtml = 6;

    private readonly DateText _date = new(services.Time);
    private long _answered;
    private QuickBuckets _buckets = new(SealedDocument.None);

    /// <summary>Requests that were answered so far, to their end.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <inheritdoc/>
    public QuickOutcome TryAnswer(
        ReadOnlySpan<byte> received, IFeatureCollection features, bool mayBlock, QuickAnswer answer)
    {
        if (!QuickRequest.TryRead(received, out var request) || request.IsMarked
            || services.Logger.IsEnabled(LogLevel.Debug) || RequestActivity.IsWatched)
        {
            return QuickOutcome.Declined;
        }
        answer.Started = Stopwatch.GetTimestamp();
        Span<byte> location = stackalloc byte[MaxLocation];
        var length = WriteLocation(request, location);
        if (length == 0)
        {
            return QuickOutcome.Declined;
        }
        Compose(location[..length], answer);
        answer.RequestBytes = request.Length;
        answer.Owner = this;
        return QuickOutcome.Ready;
    }

    /// <inheritdoc/>
    public void Done(QuickAnswer answer, Exception? failure)
    {
        services.Counters.Increment(NodeCounter.Redirect);
        if (failure is null)
        {
            var elapsed = Stopwatch.GetElapsedTime(answer.Started);
            Interlocked.Increment(ref _answered);
            services.Counters.Increment(NodeCounter.Get);
            services.Counters.Add(NodeCounter.GetNanoseconds, elapsed.Ticks * TimeSpan.NanosecondsPerTick);
            services.Counters.Durations.Record(HttpMethods.Get, elapsed);
        }
    }

    /// <summary>Writes where the request is sent; nothing, when that is not for this class to say.</summary>
    private int WriteLocation(QuickRequest request, Span<byte> output)
    {
        var document = services.Metadata.Current;
        var buckets = QuickBuckets.Of(document, ref _buckets);
        if (buckets.Find(request.Bucket) is not { } bucket
            || router.Owner(document.Document, bucket.Uname, request.Name) is not { } owner)
        {
            return 0;
        }
        var url = owner.PublicNet.Url;
        var path = "/v1/objects/"u8;
        var parts = Encoding.UTF8.GetMaxByteCount(url.Length) + path.Length + request.Bucket.Length + request.Name.Length
            + request.Query.Length + "/?&".Length + RedirectMarks.MaxLength;
        if (parts > output.Length)
        {
            return 0;
        }
        var text = new Utf8Text(output);
        text.Append(url).Append(path).Append(request.Bucket).Append('/').Append(request.Name).Append('?');
        if (request.Query.Length != 0)
        {
            text.Append(request.Query).Append('&');
        }
        RedirectMarks.Write(
            ref text, services.Facts.Self.Id, services.Time.GetUtcNow(), document.Stamp, RequestIds.Next());
        return text.Length;
    }

    private void Compose(ReadOnlySpan<byte> location, QuickAnswer answer)
    {
        var most = Frame + (location.Length * (MostInHtml + 1));
        var buffer = answer.Reserve(most);
        // The link first, at the end of the room: its length stands in the head.
        var link = buffer[(Frame + location.Length)..];
        HtmlEncoder.Default.EncodeUtf8(location, link, out _, out var linkLength);
        var before = RedirectReply.BodyBefore;
        var after = RedirectReply.BodyAfter;
        var text = new Utf8Text(buffer);
        text.Append("HTTP/1.1 301 Moved Permanently\r\nContent-Length: "u8).Append(before.Length + linkLength + after.Length)
            .Append("\r\nContent-Type: text/html; charset=utf-8\r\nDate: "u8).Append(_date.Now)
            .Append("\r\nLocation: "u8).Append(location)
            .Append("\r\n\r\n"u8).Append(before).Append(link[..linkLength]).Append(after);
        answer.Fill(text.Length);
    }
}
