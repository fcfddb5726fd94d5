using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Operations;

/// <summary>
/// <c>PUT /v1/daemon</c>: the configuration of one node, its log and its counters. By the query
/// (<c>/v1/daemon/set-config?k=v</c>) or by a message.
/// </summary>
internal sealed class NodeCommandEndpoints(GatewayServices services)
{
    /// <summary>True for the actions that are served here.</summary>
    public static bool Serves(string action) =>
        action is Actions.SetConfig or Actions.ResetConfig or Actions.RotateLogs or Actions.ResetStatistics;

    /// <summary><c>PUT /v1/daemon/set-config?k=v</c>.</summary>
    public Task SetByQueryAsync(RequestContext request)
    {
        Set(ChangesOf(request), request.Query.Flag(QueryNames.Transient));
        return request.EmptyAsync();
    }

    /// <summary>Does what a message asks; the action is one that <see cref="Serves"/> knows.</summary>
    public Task ServeAsync(RequestContext request, ActionMessage message)
    {
        switch (message.Action)
        {
            case Actions.SetConfig:
                Set(ChangesOf(message), request.Query.Flag(QueryNames.Transient));
                break;
            case Actions.ResetConfig:
                services.Settings?.Reset();
                break;
            case Actions.RotateLogs:
                services.Logs?.Rotate();
                break;
            default:
                services.Counters.Reset(ErrorsOnly(message));
                break;
        }
        return request.EmptyAsync();
    }

    /// <summary>The changes that a query names, as <c>set-config</c> takes them in a message.</summary>
    /// <exception cref="StoreException">When there are none, or they are wrong.</exception>
    public static JsonObject ChangesOf(RequestContext request)
    {
        KeyValuePair<string, string>[] pairs =
        [
            .. request.Query.Pairs.Where(pair => pair.Key != QueryNames.Transient && pair.Key.Length != 0),
        ];
        return pairs.Length != 0
            ? ConfigPatch.PairsToJson(pairs)
            : throw new StoreException(StoreErrorCode.InvalidRequest, "no properties to update");
    }

    /// <summary>The changes of a message; none for a missing or null value.</summary>
    /// <exception cref="StoreException">When the value is no object.</exception>
    public static JsonObject ChangesOf(ActionMessage message) => message.Value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => [],
        { ValueKind: JsonValueKind.Object } value => RawJson.From(value).ToNode() as JsonObject ?? [],
        { } other => throw new StoreException(
            StoreErrorCode.InvalidRequest, $"failed to unmarshal [*cmn.ConfigToSet]: expected an object, got {other.ValueKind}"),
    };

    private static bool ErrorsOnly(ActionMessage message) => message.Value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        { } other => throw new StoreException(
            StoreErrorCode.InvalidRequest,
            $"failed to parse '{Actions.ResetStatistics}' errors-only: expected true or false, got {other.ValueKind}"),
    };

    private void Set(JsonObject changes, bool transient)
    {
        var settings = services.Settings
            ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node keeps no configuration of its own");
        if (changes.Count != 0)
        {
            settings.Set(changes, transient);
        }
    }
}
