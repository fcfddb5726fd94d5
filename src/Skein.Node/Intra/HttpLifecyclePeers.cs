using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Cluster.Lifecycle;
using Skein.Cluster.Metadata;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Node.Lifecycle;

namespace Skein.Node.Intra;

/// <summary>The primary's half of what nodes are told and asked when nodes leave service.</summary>
/// <param name="client">Client of the control plane.</param>
/// <param name="self">This node.</param>
/// <param name="feed">The document under which it is said.</param>
/// <param name="time">Clock of the time limits.</param>
internal sealed class HttpLifecyclePeers(HttpClient client, NodeInfo self, MetadataFeed feed, TimeProvider time)
    : ILifecyclePeers
{
    /// <summary>Longest wait for an answer to a command.</summary>
    public static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(4);

    /// <summary>Longest wait until a target has looked through its listing.</summary>
    public static readonly TimeSpan CountLimit = TimeSpan.FromSeconds(60);

    private const int MaxReply = 1 << 20;
    private const int MaxShown = 300;

    /// <inheritdoc/>
    public async Task<string?> CommandAsync(NodeInfo node, NodeCommand command, CancellationToken cancellation)
    {
        var body = new ActionMessage
        {
            Action = NodeOrders.ActionOf(command),
            Value = JsonSerializer.SerializeToElement(
                new RemoveNodeMessage
                {
                    NodeId = node.Id,
                    RemoveUserData = command.RemoveUserData,
                    NoShutdown = command.NoShutdown,
                },
                WireJsonContext.Default.RemoveNodeMessage),
        };
        var (_, problem) = await CallAsync(
            node, HttpMethod.Put, "/v1/daemon", Json(body, WireJsonContext.Output.ActionMessage), CommandLimit,
            static bytes => bytes, cancellation).ConfigureAwait(false);
        return problem.Length == 0 ? null : problem;
    }

    /// <inheritdoc/>
    public async Task<(PlacementCount? Count, string Problem)> CountAsync(
        NodeInfo target, IReadOnlyList<string> owners, CancellationToken cancellation)
    {
        var question = new IntraPlacementQuestion { Owners = owners };
        return await CallAsync(
            target, HttpMethod.Post, IntraPaths.Placement,
            Json(question, IntraJsonContext.Default.IntraPlacementQuestion), CountLimit,
            static bytes => JsonSerializer.Deserialize(bytes, IntraJsonContext.Default.IntraPlacement)?.ToCount(),
            cancellation).ConfigureAwait(false);
    }

    private static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>One bounded call; every failure becomes text.</summary>
    private async Task<(T? Value, string Problem)> CallAsync<T>(
        NodeInfo node,
        HttpMethod method,
        string path,
        HttpContent content,
        TimeSpan timeout,
        Func<byte[], T?> read,
        CancellationToken cancellation)
        where T : class
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(method, node.ControlNet.Url + path) { Content = content };
            request.Headers.TryAddWithoutValidation(HeaderNames.CallerId, self.Id);
            request.Headers.TryAddWithoutValidation(HeaderNames.CallerName, self.DisplayName);
            request.Headers.TryAddWithoutValidation(HeaderNames.Stamp, StampHeader.Format(feed.Current));
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token)
                .ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(MaxReply, both.Token).ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? (read(bytes), "")
                : (null, Explain((int)response.StatusCode, bytes));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or JsonException)
        {
            return (null, e.Message);
        }
    }

    private static string Explain(int status, byte[] body)
    {
        var text = System.Text.Encoding.UTF8.GetString(body).Trim();
        return string.Create(
            CultureInfo.InvariantCulture, $"status {status}: {(text.Length > MaxShown ? text[..MaxShown] : text)}");
    }
}
