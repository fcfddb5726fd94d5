using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Jobs;

/// <summary>Sums up buckets over all targets. It keeps nothing: any proxy answers for a job that another one began.</summary>
/// <param name="jobs">Starts the job on the targets.</param>
/// <param name="peers">Asks the targets.</param>
/// <param name="time">Clock for the limit of time.</param>
public sealed class ClusterSummaries(IClusterJobs jobs, PeerClient peers, TimeProvider time) : IBucketSummaries
{
    /// <inheritdoc/>
    public Task<string> StartAsync(
        CallContext call, BucketName? bucket, string prefix, CancellationToken cancellation) => jobs.StartAsync(
            call,
            new JobMessage
            {
                Id = JobId.New(),
                Kind = Actions.SummarizeBucket,
                Bucket = bucket is null ? null : WireBucket.From(bucket),
                Work = new BucketWork { Names = new NamesMessage { Prefix = prefix } },
            },
            cancellation);

    /// <inheritdoc/>
    public async Task<SummaryReading> ReadAsync(CallContext call, string id, CancellationToken cancellation)
    {
        var limit = call.Metadata.Document.Config.Client.Timeout;
        var shares = await Task
            .WhenAll(call.Metadata.Document.Map.ActiveTargets.Select(target => AskAsync(target, id, limit, cancellation)))
            .ConfigureAwait(false);
        var error = shares.FirstOrDefault(share => share.Error.Length != 0)?.Error;
        if (error is not null)
        {
            throw new StoreException(StoreErrorCode.NotReady, $"the summary {id} is not complete: {error}");
        }
        var figures = shares
            .SelectMany(share => share.Buckets)
            .GroupBy(one => one.Bucket.ToName())
            .OrderBy(group => group.Key)
            .Select(group => group.Aggregate((left, right) => left.With(right)));
        return new SummaryReading(
            Array.TrueForAll(shares, share => share.IsDone), shares.Sum(share => share.Disks), [.. figures]);
    }

    private async Task<SummaryShare> AskAsync(
        NodeInfo target, string id, TimeSpan limit, CancellationToken cancellation)
    {
        using var timed = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timed.Token, cancellation);
        try
        {
            using var answer = await peers
                .SendAsync(
                    target,
                    NetworkKind.Control,
                    new PeerRequest(HttpMethod.Get, "/v1/xactions?what=summary&uuid=" + Uri.EscapeDataString(id)),
                    both.Token)
                .ConfigureAwait(false);
            if ((int)answer.StatusCode == 404)
            {
                throw new StoreException(StoreErrorCode.JobNotFound, $"\"x-summary-bck[{id}]\" not found");
            }
            if (!answer.IsSuccessStatusCode)
            {
                throw await PeerErrors.ReadAsync(target, answer, both.Token).ConfigureAwait(false);
            }
            await answer.Content.LoadIntoBufferAsync(PeerClient.MaxAnswer, both.Token).ConfigureAwait(false);
            var bytes = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, WireJsonContext.Default.SummaryShare) ?? new SummaryShare();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || e is StoreException { Code: StoreErrorCode.Unreachable }
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"cannot tell how the summary stands: {target.DisplayName}: {e.Message}", e);
        }
    }
}
