using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Operations;

/// <summary>
/// <c>PUT /v1/cluster</c> on the primary: the configuration of the cluster, and what every node is told to do.
/// </summary>
internal sealed class ClusterCommandEndpoints(GatewayServices services)
{
    private readonly NodeCommandEndpoints _node = new(services);

    /// <summary><c>PUT /v1/cluster/set-config?k=v</c>.</summary>
    public Task SetByQueryAsync(RequestContext request) =>
        SetAsync(request, NodeCommandEndpoints.ChangesOf(request));

    /// <summary>Serves a message, if it is one of these.</summary>
    public async Task<bool> TryServeAsync(RequestContext request, ReadOnlyMemory<byte> body)
    {
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        if (message.Action == Actions.SetConfig)
        {
            await SetAsync(request, NodeCommandEndpoints.ChangesOf(message)).ConfigureAwait(false);
            return true;
        }
        if (!NodeCommandEndpoints.Serves(message.Action))
        {
            return false;
        }
        await TellAllAsync(request, message, "").ConfigureAwait(false);
        return true;
    }

    private async Task SetAsync(RequestContext request, JsonObject changes)
    {
        if (request.Query.Flag(QueryNames.Transient))
        {
            // What is wrong is refused here, before any node has it.
            ConfigPatch.Apply(request.Call.Metadata.Document.Config, changes);
            using var value = JsonDocument.Parse(changes.ToJsonString());
            await TellAllAsync(
                request, new ActionMessage { Action = Actions.SetConfig, Value = value.RootElement },
                $"?{QueryNames.Transient}=true").ConfigureAwait(false);
            return;
        }
        if (changes.Count != 0)
        {
            var now = services.Time.GetUtcNow()
                .ToString("yyyy-MM-dd HH:mm:ss.fffffff +0000 'UTC'", CultureInfo.InvariantCulture);
            var change = new SetConfig(
                string.Join(", ", Keys(changes, "")),
                config => ConfigPatch.Apply(config, changes) is var next && next == config
                    ? config
                    : next with { LastUpdateTime = now });
            await services.Control.ProposeAsync(change, request.Call.Who, "", request.Aborted).ConfigureAwait(false);
        }
        request.StampResponse();
        await request.EmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Tells every node of the map, this one last; one that does not answer makes it an error that names it.</summary>
    private async Task TellAllAsync(RequestContext request, ActionMessage message, string query)
    {
        var self = services.Facts.Self.Id;
        var map = request.Call.Metadata.Document.Map;
        var others = map.Proxies.Values.Concat(map.Targets.Values).Where(node => node.Id != self).ToList();
        var body = JsonSerializer.SerializeToUtf8Bytes(message, WireJsonContext.Output.ActionMessage);
        var answers = await Task
            .WhenAll(others.Select(node => TellAsync(request, node, body, query))).ConfigureAwait(false);
        var problems = answers.OfType<string>().ToList();
        if (problems.Count != 0)
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"{message.Action}: {others.Count - problems.Count} other nodes have done it, these have not: "
                    + string.Join("; ", problems));
        }
        await _node.ServeAsync(request, message).ConfigureAwait(false);
    }

    /// <summary>Tells one node; null when it has done it.</summary>
    private async Task<string?> TellAsync(RequestContext request, NodeInfo node, byte[] body, string query)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var limit = new CancellationTokenSource(
            request.Call.Metadata.Document.Config.Client.Timeout, services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, request.Aborted);
        try
        {
            using var answer = await services.Peers
                .SendAsync(
                    node, NetworkKind.Control, new PeerRequest(HttpMethod.Put, "/v1/daemon" + query, content), both.Token)
                .ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : $"{node.DisplayName} answered {(int)answer.StatusCode}";
        }
        catch (StoreException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException) when (!request.Aborted.IsCancellationRequested)
        {
            return $"{node.DisplayName} did not answer in time";
        }
    }

    private static IEnumerable<string> Keys(JsonObject changes, string path) => changes.SelectMany(member =>
        member.Value is JsonObject inner
            ? Keys(inner, $"{path}{member.Key}.")
            : [$"{path}{member.Key}"]);
}
