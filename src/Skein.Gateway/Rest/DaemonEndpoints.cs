using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Metrics;
using Skein.Gateway.Operations;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Remote;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/daemon?what=…</c>: what one node says of itself.</summary>
internal sealed class DaemonEndpoints(GatewayServices services)
{
    private const string Allow = "DELETE, GET, POST, PUT";

    private readonly ControlEndpoints _control = new(services);
    private readonly LifecycleEndpoints _lifecycle = new(services);
    private readonly MountpathEndpoints _mountpaths = new(services);
    private readonly RemoteEndpoints _remote = new(services);
    private readonly NodeCommandEndpoints _commands = new(services);
    private readonly LogEndpoints _log = new(services);

    public Task HandleAsync(RequestContext request) => HandleAsync(request, 1);

    /// <param name="request">The request.</param>
    /// <param name="first">Index of the path element <c>daemon</c>.</param>
    public Task HandleAsync(RequestContext request, int first)
    {
        return request.Method switch
        {
            "GET" when request.Query.Get(QueryNames.What) == "log" => _log.GetAsync(request),
            "GET" => GetAsync(request) ?? _control.GetOwn(request) ?? throw UnknownWhat(request),
            "PUT" when request.Path.Count > first + 1 && request.Path.Segment(first + 1) == "proxy" =>
                _control.ForceAsync(request, first),
            "PUT" or "POST" or "DELETE"
                when request.Path.Count == first + 2 && request.Path.Segment(first + 1) == MountpathEndpoints.PathWord =>
                _mountpaths.HandleAsync(request),
            "PUT" when request.Path.Count == first + 2 && request.Path.Segment(first + 1) == Actions.SetConfig =>
                _commands.SetByQueryAsync(request),
            "PUT" when request.Path.Count == first + 1 => ChangeAsync(request, isDirect: first == 1),
            "PUT" or "POST" or "DELETE" => throw RestDialect.InvalidUri(request),
            _ => Verbs.RefuseAsync(request, Allow),
        };
    }

    private async Task ChangeAsync(RequestContext request, bool isDirect)
    {
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        await (NodeCommandEndpoints.Serves(message.Action)
            ? _commands.ServeAsync(request, message)
            : _lifecycle.ObeyAsync(request, message, isDirect)).ConfigureAwait(false);
    }

    /// <summary>Answers what every node knows; null when the word is not known here.</summary>
    internal Task? GetAsync(RequestContext request)
    {
        var facts = services.Facts;
        var document = request.Call.Metadata.Document;
        switch (request.Query.Get(QueryNames.What))
        {
            case "smap":
                return request.JsonAsync(WireClusterMap.From(ShownMap(document)), WireJsonContext.Output.WireClusterMap);
            case "bmd":
                return request.JsonAsync(BucketMetadataJson.Write(document.Buckets));
            case "snode":
                return request.JsonAsync(facts.Self, WireJsonContext.Output.NodeInfo);
            case "config":
                return request.JsonAsync(facts.ReadConfig());
            case "smapvote":
                return request.JsonAsync(ClusterMetaJson.Write(document, facts));
            case "node_status" or "status":
                return request.JsonAsync(NodeStatusOf(document), WireJsonContext.Output.NodeStatus);
            case "node_stats" or "stats":
                return request.JsonAsync(
                    NodeStatusOf(document) with { Cluster = new NodeStateInfo() }, WireJsonContext.Output.NodeStatus);
            case "sysinfo":
                return request.JsonAsync(SystemInfoJson.Write(facts));
            case "metrics":
                return request.JsonAsync(
                    TrackerJson.Kinds(facts), WireJsonContext.Output.SortedDictionaryStringString);
            case "software_version":
                return request.TextAsync(facts.Build.Version);
            case "tls_certificate":
                // The certificate of a node that serves TLS; none does.
                return request.JsonAsync("{}"u8.ToArray());
            case "mountpaths" when facts.ReadMountpaths() is { } lists:
                return request.JsonAsync(lists, WireJsonContext.Output.MountpathLists);
            case "disk" when facts.ReadDisks() is { } disks:
                return request.JsonAsync(disks, WireJsonContext.Output.SortedDictionaryStringDiskRates);
            case "remote" when facts.Self.Role == NodeRole.Target:
                return _remote.GetAsync(request);
            default:
                return null;
        }
    }

    private NodeStatus NodeStatusOf(ControlDocument document)
    {
        var facts = services.Facts;
        return new NodeStatus
        {
            Node = document.Map.Find(facts.Self.Id) ?? facts.Self,
            Tracker = TrackerJson.Values(services.Counters, facts),
            Capacity = facts.ReadCapacity(),
            Cluster = NodeStateInfo.From(document, facts.StateFlags),
            Deployment = facts.Build.Deployment,
            ProductVersion = facts.Build.Version,
            BuildTime = facts.Build.Time,
            PodName = facts.Build.PodName,
            System = facts.ReadSystem(),
            MapVersion = document.Map.Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A node outside a cluster shows a map of itself only.</summary>
    private ClusterMap ShownMap(ControlDocument document) =>
        document.Exists ? document.Map : ClusterMap.Empty.WithNode(services.Facts.Self);

    private static StoreException UnknownWhat(RequestContext request)
    {
        var what = request.Query.Get(QueryNames.What);
        return new StoreException(
            StoreErrorCode.InvalidRequest,
            $"invalid GET /daemon request: unrecognized what={(what.Length > 64 ? what[..64] : what)}");
    }
}
