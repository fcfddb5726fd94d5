using System.Net.Http.Headers;
using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Objects;

/// <summary>
/// Has files promoted: 1. every target says what it sees; 2. targets that all see the same share the work, else each takes
/// what it sees; 3. a few files are done at once, more are a job.
/// </summary>
internal sealed class Promotion(PeerClient peers, IClusterJobs jobs, TimeProvider time) : IPromotion
{
    /// <summary>Up to so many files are promoted before the answer.</summary>
    public const int FilesAtOnce = 16;

    public async Task<string> PromoteAsync(
        CallContext call, BucketName bucket, PromoteMessage files, CancellationToken cancellation)
    {
        var config = call.Metadata.Document.Config.Client;
        var order = new PromoteOrder { Bucket = WireBucket.From(bucket), Files = files };
        var targets = Asked(call, files.Target ?? "");
        var sights = await Task.WhenAll(targets.Select(target => LookAsync(target, order, config.LongTimeout, cancellation)))
            .ConfigureAwait(false);
        var seeing = targets.Where((_, i) => sights[i].Exists).ToList();
        if (seeing.Count == 0)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"stat {files.Source}: no such file or directory (on any target)");
        }
        var isShared = seeing.Count > 1 && seeing.Count == targets.Count && !files.IsNotShared
            && sights.All(sight => sight == sights[0]);
        var count = isShared ? sights[0].Files : sights.Sum(sight => sight.Files);
        order = order with
        {
            Id = count > FilesAtOnce ? JobId.New() : "",
            Sharers = isShared ? [.. seeing.Select(target => target.Id).Order(StringComparer.Ordinal)] : [],
        };
        await RunAsync(call, seeing, order, config.LongTimeout, cancellation).ConfigureAwait(false);
        return order.Id;
    }

    private static List<NodeInfo> Asked(CallContext call, string id)
    {
        var map = call.Metadata.Document.Map;
        if (id.Length != 0)
        {
            return map.Targets.TryGetValue(id, out var one)
                ? [one]
                : throw new StoreException(StoreErrorCode.NodeNotFound, $"target \"{id}\" does not exist");
        }
        return map.ActiveTargets.Count != 0
            ? [.. map.ActiveTargets]
            : throw new StoreException(StoreErrorCode.NotReady, "there is no active target in the cluster");
    }

    private async Task RunAsync(
        CallContext call, List<NodeInfo> targets, PromoteOrder order, TimeSpan limit, CancellationToken cancellation)
    {
        var calls = targets.ConvertAll(target => SendAsync(target, PromotePaths.Run, order, limit, cancellation));
        StoreException? first = null;
        foreach (var one in calls)
        {
            try
            {
                await one.ConfigureAwait(false);
            }
            catch (StoreException e)
            {
                first ??= e;
            }
        }
        if (first is null)
        {
            return;
        }
        if (order.Id.Length != 0)
        {
            await jobs.StopAsync(call, new JobMessage { Id = order.Id }, cancellation).ConfigureAwait(false);
        }
        throw first;
    }

    private async Task<PromoteSight> LookAsync(
        NodeInfo target, PromoteOrder order, TimeSpan limit, CancellationToken cancellation)
    {
        var answer = await SendAsync(target, PromotePaths.Look, order, limit, cancellation).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(answer, WireJsonContext.Default.PromoteSight)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"{target.DisplayName} answered something else: {e.Message}", e);
        }
    }

    private async Task<byte[]> SendAsync(
        NodeInfo target, string path, PromoteOrder order, TimeSpan limit, CancellationToken cancellation)
    {
        using var timed = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timed.Token, cancellation);
        using var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(order, WireJsonContext.Output.PromoteOrder));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var answer = await peers
                .SendAsync(target, NetworkKind.Control, new PeerRequest(HttpMethod.Post, path, content), both.Token)
                .ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw await PeerErrors.ReadAsync(target, answer, both.Token).ConfigureAwait(false);
            }
            await answer.Content.LoadIntoBufferAsync(PeerErrors.MaxBytes, both.Token).ConfigureAwait(false);
            return await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreException(StoreErrorCode.NotReady, $"{target.DisplayName} did not answer in time", e);
        }
        catch (HttpRequestException e)
        {
            throw new StoreException(StoreErrorCode.NotReady, $"{target.DisplayName}: {e.Message}", e);
        }
    }
}
