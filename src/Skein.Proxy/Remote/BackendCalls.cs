using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Errors;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;

namespace Skein.Proxy.Remote;

/// <summary>
/// Asks backends: a proxy has none, the targets do. Any target will do; one that does not answer is passed over.
/// </summary>
internal sealed class BackendCalls(PeerClient peers, TimeProvider time)
{
    /// <summary>Targets that are tried for one question.</summary>
    private const int MaxTargets = 3;

    /// <summary>Asks the backend of a bucket.</summary>
    /// <param name="document">Names the targets.</param>
    /// <param name="operation">One of <see cref="BackendOperations"/>.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="value">Arguments; null for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="StoreException">What the backend answers, or that no target does.</exception>
    public async Task<byte[]> AskAsync(
        ControlDocument document, string operation, BucketName bucket, JsonElement? value, CancellationToken cancellation)
    {
        var targets = document.Map.ActiveTargets;
        if (targets.Count == 0)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, "there are no active targets in the cluster: start one and try again");
        }
        // Which one is asked first depends on the bucket, so that not all questions go to one.
        var first = (int)((uint)bucket.Uname.GetHashCode(StringComparison.Ordinal) % (uint)targets.Count);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await CallAsync(
                    targets[(first + attempt - 1) % targets.Count], document.Config.Client.ListTimeout,
                    new BackendRequest { Operation = operation, Bucket = WireBucket.From(bucket), Value = value },
                    cancellation).ConfigureAwait(false);
            }
            catch (NodeSilentException error)
            {
                if (attempt >= Math.Min(MaxTargets, targets.Count))
                {
                    throw new StoreException(StoreErrorCode.NotReady, error.Message, error);
                }
            }
        }
    }

    /// <summary>Sends one request to one node.</summary>
    /// <exception cref="NodeSilentException">When the node does not answer, or cannot serve now.</exception>
    public async Task<byte[]> CallAsync(
        NodeInfo node, TimeSpan limit, BackendRequest request, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(request, WireJsonContext.Output.BackendRequest));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var timed = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timed.Token, cancellation);
        try
        {
            using var answer = await peers
                .SendAsync(
                    node, NetworkKind.Control, new PeerRequest(HttpMethod.Post, BackendOperations.Path, content), both.Token)
                .ConfigureAwait(false);
            await answer.Content.LoadIntoBufferAsync(PeerClient.MaxAnswer, both.Token).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? body : throw Refused(node, (int)answer.StatusCode, body);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.Unreachable && error is { InnerException: not null })
        {
            throw new NodeSilentException(error.Message, error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeSilentException($"{node.DisplayName} did not answer in time", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new NodeSilentException($"{node.DisplayName}: {error.Message}", error);
        }
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="StoreException">When it is not what it should be.</exception>
    public static T Read<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"a target's answer cannot be read: {error.Message}", error);
        }
    }

    private static StoreException Refused(NodeInfo node, int status, byte[] body)
    {
        WireError? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, WireJsonContext.Default.WireError);
        }
        catch (JsonException)
        {
            // Whatever it is, it is not our error body: the status has to do.
        }
        return new StoreException(
            ErrorStatusTable.CodeOf(status, error?.TypeCode), error?.Message ?? $"{node.DisplayName} answered {status}");
    }
}

/// <summary>A node did not answer; another may.</summary>
internal sealed class NodeSilentException(string message, Exception inner) : Exception(message, inner);
