using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Operations;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Remote;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/cluster?what=…</c>: what the proxies say of the whole cluster.</summary>
internal sealed class ClusterEndpoints(GatewayServices services)
{
    private const string Allow = "DELETE, GET, POST, PUT";

    private readonly DaemonEndpoints _daemon = new(services);
    private readonly PrimaryRelay _relay = new(services);
    private readonly ControlEndpoints _control = new(services);
    private readonly JobEndpoints _jobs = new(services);
    private readonly LifecycleEndpoints _lifecycle = new(services);
    private readonly RemoteEndpoints _remote = new(services);
    private readonly ClusterCommandEndpoints _commands = new(services);

    public Task HandleAsync(RequestContext request) => request.Method switch
    {
        "GET" => GetAsync(request),
        "PUT" or "POST" or "DELETE" => ChangeAsync(request),
        _ => Verbs.RefuseAsync(request, Allow),
    };

    private Task GetAsync(RequestContext request)
    {
        var what = request.Query.Get(QueryNames.What);
        switch (what)
        {
            case "smap" or "bmd" or "snode" or "smapvote":
                return _daemon.GetAsync(request)!;
            case "cluster_config":
                return request.JsonAsync(services.Facts.ReadClusterConfig());
            case "target_ips":
                return request.TextAsync(string.Join(',', TargetAddresses(request)));
            case "node_stats" or "stats":
                return NodeStatsAsync(request);
            case "sysinfo":
                return SystemInfoAsync(request);
            case "mountpaths":
                return MountpathsAsync(request);
            case var word when ControlEndpoints.Answers(word):
                return _control.GetAsync(request);
            case "remote":
                return _remote.GetAsync(request);
            case "backends":
                return request.JsonAsync("[]"u8.ToArray());
            case var word when JobEndpoints.Answers(word):
                return _jobs.GetAsync(request);
            default:
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"unexpected query [what={(what.Length > 64 ? what[..64] : what)}]");
        }
    }

    /// <summary>Changes go to the primary, except that any proxy starts and stops jobs.</summary>
    private async Task ChangeAsync(RequestContext request)
    {
        if (request.Path.Count > 2 && !IsCommand(request.Path.Segment(2)))
        {
            throw RestDialect.InvalidUri(request);
        }
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        if (!await _jobs.TryChangeAsync(request, body).ConfigureAwait(false))
        {
            await _relay.ServeAsync(request, body, () => ServeChangeAsync(request, body)).ConfigureAwait(false);
        }
    }

    private async Task ServeChangeAsync(RequestContext request, ReadOnlyMemory<byte> body)
    {
        if (request.Method == "PUT" && request.Path.Count == 2
            && (await _lifecycle.TryHandleAsync(request, body).ConfigureAwait(false)
                || await _commands.TryServeAsync(request, body).ConfigureAwait(false)))
        {
            return;
        }
        switch (request.Path.Count > 2 ? request.Path.Segment(2) : "")
        {
            case Actions.SetConfig when request.Method == "PUT":
                await _commands.SetByQueryAsync(request).ConfigureAwait(false);
                return;
            case "proxy" when request.Method == "PUT":
                await _control.SetPrimaryAsync(request).ConfigureAwait(false);
                return;
            case var word when request.Method == "PUT" && RemoteEndpoints.Serves(word):
                await _remote.ChangeAsync(request, word).ConfigureAwait(false);
                return;
            case "join-by-admin" when request.Method == "POST":
                await _control.BringInAsync(request, body).ConfigureAwait(false);
                return;
        }
        if (request.Method == "PUT" && request.Path.Count == 2)
        {
            var action = request.ParseAction(body)?.Action ?? "";
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"invalid action \"{(action.Length > 64 ? action[..64] : action)}\"");
        }
        if (request.Method != "PUT")
        {
            throw RestDialect.InvalidUri(request);
        }
        throw new StoreException(
            StoreErrorCode.NotImplemented, $"{request.Method} {request.Path.Decoded} is not implemented");
    }

    /// <summary>Commands of administrators; everything else below this path is between nodes only.</summary>
    private static bool IsCommand(string word) =>
        word is "set-config" or "proxy" or "attach" or "detach" or "join-by-admin" or "enable-bend" or "disable-bend";

    private static IEnumerable<string> TargetAddresses(RequestContext request)
    {
        foreach (var target in request.Call.Metadata.Document.Map.Targets.Values)
        {
            yield return target.PublicNet.Host;
            yield return target.ControlNet.Host;
            yield return target.DataNet.Host;
        }
    }

    private async Task NodeStatsAsync(RequestContext request)
    {
        var map = request.Call.Metadata.Document.Map;
        var targets = await AskAsync(request, [.. map.Targets.Values], "node_stats").ConfigureAwait(false);
        await request.JsonAsync(WriteJson(writer =>
        {
            writer.WritePropertyName("proxy");
            writer.WriteStartObject();
            writer.WritePropertyName("snode");
            JsonSerializer.Serialize(writer, services.Facts.Self, WireJsonContext.Output.NodeInfo);
            writer.WritePropertyName("tracker");
            JsonSerializer.Serialize(
                writer, TrackerJson.Values(services.Counters, services.Facts),
                WireJsonContext.Output.SortedDictionaryStringInt64);
            writer.WritePropertyName("capacity");
            JsonSerializer.Serialize(
                writer, services.Facts.ReadCapacity(), WireJsonContext.Output.TargetCapacity);
            writer.WriteEndObject();
            WriteAnswers(writer, "target", targets);
        })).ConfigureAwait(false);
    }

    private async Task SystemInfoAsync(RequestContext request)
    {
        var map = request.Call.Metadata.Document.Map;
        var self = services.Facts.Self.Id;
        var proxies = await AskAsync(request, [.. map.Proxies.Values.Where(node => node.Id != self)], "sysinfo")
            .ConfigureAwait(false);
        proxies[self] = SystemInfoJson.Write(services.Facts);
        var targets = await AskAsync(request, [.. map.Targets.Values], "sysinfo").ConfigureAwait(false);
        await request.JsonAsync(WriteJson(writer =>
        {
            WriteAnswers(writer, "proxy", proxies);
            WriteAnswers(writer, "target", targets);
        })).ConfigureAwait(false);
    }

    private async Task MountpathsAsync(RequestContext request)
    {
        var map = request.Call.Metadata.Document.Map;
        var targets = await AskAsync(request, [.. map.Targets.Values], "mountpaths").ConfigureAwait(false);
        await request.JsonAsync(WriteJson(writer => WriteAnswers(writer, "targets", targets))).ConfigureAwait(false);
    }

    /// <summary>Asks nodes in parallel; one that does not answer makes the whole an error that names it.</summary>
    private async Task<SortedDictionary<string, ReadOnlyMemory<byte>>> AskAsync(
        RequestContext request, IReadOnlyList<NodeInfo> nodes, string what)
    {
        var limit = request.Call.Metadata.Document.Config.Client.Timeout;
        var calls = nodes
            .Select(node => services.Peers.GetBytesAsync(node, $"/v1/daemon?what={what}", limit, request.Aborted))
            .ToList();
        var answers = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        List<string>? problems = null;
        for (var i = 0; i < nodes.Count; i++)
        {
            try
            {
                answers[nodes[i].Id] = await calls[i].ConfigureAwait(false);
            }
            catch (StoreException error)
            {
                (problems ??= []).Add(error.Message);
            }
        }
        return problems is null
            ? answers
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{services.Facts.Self.DisplayName}: failed to get {what} of every node: {string.Join("; ", problems)}");
    }

    private static ReadOnlyMemory<byte> WriteJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void WriteAnswers(
        Utf8JsonWriter writer, string name, SortedDictionary<string, ReadOnlyMemory<byte>> answers)
    {
        writer.WriteStartObject(name);
        foreach (var (id, answer) in answers)
        {
            writer.WritePropertyName(id);
            writer.WriteRawValue(answer.Span.TrimEnd((byte)'\n'));
        }
        writer.WriteEndObject();
    }
}
