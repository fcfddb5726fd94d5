using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Gateway.Metrics;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Transport;

namespace Skein.Gateway.Quick;

/// <summary>
/// Answers plain GETs of objects that lie here before the HTTP server sees them, byte for byte as it would: the same checks
/// under one control document, the same headers, the same counters. Wherever the answer could be another one (no such
/// object, no such bucket, an owner elsewhere, a log that wants every request) it is left to the HTTP server.
/// </summary>
/// <param name="services">What the gateway works with.</param>
/// <param name="objects">The objects of this target.</param>
public sealed class QuickGet(GatewayServices services, IOpenObjects objects) : IQuickResponder, IQuickOwner
{
    /// <summary>Largest object, in bytes, that is sent together with its head from one buffer.</summary>
    public const int MaxTogether = 64 << 10;

    private readonly DateText _date = new(services.Time);
    private long _answered;
    private QuickBuckets _buckets = new(SealedDocument.None);

    /// <summary>Requests that were answered so far, to their end.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <inheritdoc/>
    public QuickOutcome TryAnswer(
        ReadOnlySpan<byte> received, IFeatureCollection features, bool mayBlock, QuickAnswer answer)
    {
        if (!QuickRequest.TryRead(received, out var request)
            || services.Logger.IsEnabled(LogLevel.Debug) || RequestActivity.IsWatched)
        {
            return QuickOutcome.Declined;
        }
        answer.Started = Stopwatch.GetTimestamp();
        if (Find(request, features) is not { } wanted)
        {
            return QuickOutcome.Declined;
        }
        var found = objects.Find(wanted);
        if (found is null && !mayBlock)
        {
            return QuickOutcome.NeedsThread;
        }
        found ??= Open(wanted);
        if (found is null)
        {
            return QuickOutcome.Declined;
        }
        var outcome = QuickOutcome.Declined;
        try
        {
            outcome = Fill(found, mayBlock, answer);
        }
        finally
        {
            if (outcome != QuickOutcome.Ready)
            {
                found.Release();
            }
        }
        answer.RequestBytes = request.Length;
        answer.Owner = this;
        answer.State = found;
        return outcome;
    }

    /// <inheritdoc/>
    public void Done(QuickAnswer answer, Exception? failure)
    {
        var sent = (OpenObject)answer.State!;
        sent.Release();
        var elapsed = Stopwatch.GetElapsedTime(answer.Started);
        services.Counters.Durations.Record("GET", elapsed);
        if (failure is null)
        {
            Interlocked.Increment(ref _answered);
            services.Counters.Add(NodeCounter.GetBytes, sent.Attributes.Size);
            services.Counters.Increment(NodeCounter.Get);
            services.Counters.Add(NodeCounter.GetNanoseconds, elapsed.Ticks * TimeSpan.NanosecondsPerTick);
        }
        else if (failure is not (ConnectionResetException or ConnectionAbortedException or SocketException))
        {
            GatewayLog.AnswerBroken(services.Logger, "GET", "an object", failure);
        }
    }

    /// <summary>What is asked for, if this target may answer for it by itself.</summary>
    private RequestedObject? Find(QuickRequest request, IFeatureCollection features)
    {
        var document = services.Metadata.Current;
        var buckets = QuickBuckets.Of(document, ref _buckets);
        if (request.Stamp > document.Stamp || buckets.Find(request.Bucket) is not { } bucket)
        {
            return null;
        }
        var call = new CallContext
        {
            Metadata = document,
            Network = features.Get<INetworkFeature>()?.Kind ?? NetworkKind.All,
            CallerStamp = request.Stamp,
            IsRedirected = request.IsRedirected,
        };
        var wanted = new RequestedObject(call, bucket.Name, bucket.Props, Encoding.ASCII.GetString(request.Name));
        return objects.MayServe(wanted)
            && services.Router.Route(new RouteObjectRequest { Object = wanted, IsRead = true }) is null
            ? wanted : null;
    }

    private OpenObject? Open(RequestedObject wanted)
    {
        try
        {
            return objects.Open(wanted);
        }
        catch (StoreException)
        {
            return null; // the HTTP server meets it, too, and says it
        }
    }

    private QuickOutcome Fill(OpenObject found, bool mayBlock, QuickAnswer answer)
    {
        var head = found.Head ??= QuickHead.Of(found.Attributes);
        if (head == QuickHead.None)
        {
            return QuickOutcome.Declined;
        }
        var size = found.Attributes.Size;
        var isTogether = size <= MaxTogether;
        var date = _date.Now;
        var count = head.Before.Length + date.Length + head.After.Length;
        var buffer = answer.Reserve(count + (isTogether ? (int)size : 0));
        head.Before.CopyTo(buffer);
        date.CopyTo(buffer[head.Before.Length..]);
        head.After.CopyTo(buffer[(head.Before.Length + date.Length)..]);
        if (!isTogether)
        {
            answer.Fill(count);
            answer.File = found.File;
            answer.Left = size;
            return QuickOutcome.Ready;
        }
        var body = buffer.Slice(count, (int)size);
        if (!FileReads.TryReadFromMemory(found.File, 0, body))
        {
            if (!mayBlock)
            {
                return QuickOutcome.NeedsThread;
            }
            if (!ReadAll(found, body))
            {
                return QuickOutcome.Declined;
            }
        }
        answer.Fill(count + (int)size);
        return QuickOutcome.Ready;
    }

    private static bool ReadAll(OpenObject found, Span<byte> body)
    {
        for (var done = 0; done < body.Length;)
        {
            var read = RandomAccess.Read(found.File, body[done..], done);
            if (read == 0)
            {
                return false; // the file is shorter than it should be
            }
            done += read;
        }
        return true;
    }
}
