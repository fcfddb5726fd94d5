using System.Net;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;

namespace Skein.Target.Walks;

/// <summary>Asks the other targets that take part in a job how they stand.</summary>
internal sealed class WalkPeers(PeerClient peers, IMetadataSource metadata, TimeProvider time)
{
    /// <summary>How one stands; null when it does not answer, a state without a phase when it knows no such job.</summary>
    public async Task<BucketWorkState?> AskAsync(string target, string job, CancellationToken cancellation)
    {
        if (!metadata.Current.Document.Map.Targets.TryGetValue(target, out var node))
        {
            return new BucketWorkState();
        }
        using var limit = new CancellationTokenSource(WalkLimits.AskTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var answer = await peers
                .SendAsync(
                    node,
                    NetworkKind.Control,
                    new PeerRequest(HttpMethod.Get, "/v1/xactions?what=work&uuid=" + Uri.EscapeDataString(job)),
                    both.Token)
                .ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return new BucketWorkState();
            }
            if (!answer.IsSuccessStatusCode)
            {
                return null;
            }
            var bytes = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, WireJsonContext.Default.BucketWorkState);
        }
        catch (Exception e) when (e is StoreException or HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>How several stand, by id.</summary>
    public async Task<Dictionary<string, BucketWorkState?>> AskAllAsync(
        IEnumerable<string> targets, string job, CancellationToken cancellation)
    {
        string[] asked = [.. targets];
        var answers = await Task
            .WhenAll(asked.Select(target => AskAsync(target, job, cancellation)))
            .ConfigureAwait(false);
        return asked.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }
}
