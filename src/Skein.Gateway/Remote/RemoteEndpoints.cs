using System.Collections.Immutable;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Remote;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Remote;

/// <summary>Attaching and detaching remote clusters, and which are attached.</summary>
internal sealed class RemoteEndpoints(GatewayServices services)
{
    private const string Attach = "attach";
    private const string Detach = "detach";

    private RemoteClusterProbe Probe => services.RemoteProbe
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node knows no remote clusters");

    /// <summary>True for the path elements below <c>/v1/cluster</c> that are served here.</summary>
    public static bool Serves(string word) => word is Attach or Detach;

    /// <summary><c>what=remote</c>: none is <c>null</c> on a proxy and an empty array on a target, as AIStore has it.</summary>
    public async Task GetAsync(RequestContext request)
    {
        var config = request.Call.Metadata.Document.Config;
        var reply = RemoteClusters.Of(config).All.IsEmpty
            ? new RemoteClustersReply { Clusters = services.Facts.Self.Role == NodeRole.Proxy ? null : [] }
            : await Probe.AskAllAsync(config, request.Aborted).ConfigureAwait(false);
        await request.JsonAsync(reply, WireJsonContext.Output.RemoteClustersReply).ConfigureAwait(false);
    }

    /// <summary><c>PUT /v1/cluster/attach|detach?what=remote</c> on the primary.</summary>
    public async Task ChangeAsync(RequestContext request, string word)
    {
        var what = request.Query.Get(QueryNames.What);
        if (what != "remote")
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"unexpected query [what={(what.Length > 64 ? what[..64] : what)}]");
        }
        var headers = request.Http.Request.Headers;
        var alias = headers[HeaderNames.RemoteAlias].ToString();
        if (alias.Length == 0)
        {
            throw Failed(word, $"header {HeaderNames.RemoteAlias} is missing");
        }
        var change = word == Attach
            ? await AttachAsync(request, alias, headers[HeaderNames.RemoteUrl].ToString()).ConfigureAwait(false)
            : new SetConfig($"detach remote cluster {alias}", config => RemoteClusters.Detach(config, alias));
        await services.Control.ProposeAsync(change, request.Call.Who, "", request.Aborted).ConfigureAwait(false);
        request.StampResponse();
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task<SetConfig> AttachAsync(RequestContext request, string alias, string url)
    {
        RemoteClusters.ValidateAlias(alias);
        if (url.Length == 0)
        {
            throw Failed(Attach, $"header {HeaderNames.RemoteUrl} is missing");
        }
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https")
            || parsed.PathAndQuery is not "/" || parsed.UserInfo.Length != 0)
        {
            throw Failed(Attach, $"invalid URL \"{(url.Length > 200 ? url[..200] : url)}\": expecting http://host:port");
        }
        var known = parsed.GetLeftPart(UriPartial.Authority);
        WireClusterMap map;
        try
        {
            map = await Probe.AskAsync(known, request.Aborted).ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            throw Failed(Attach, error.Message);
        }
        if (map.Uuid == request.Call.Metadata.Document.Uuid)
        {
            throw Failed(Attach, $"{known} is this cluster itself ({map.Uuid})");
        }
        var added = new RemoteCluster(alias, map.Uuid, ImmutableArray.Create(known));
        return new SetConfig(
            $"attach remote cluster {alias} ({map.Uuid}) at {known}", config => RemoteClusters.Attach(config, added));
    }

    private static StoreException Failed(string word, string reason) =>
        new(StoreErrorCode.InvalidRequest, $"failed to {word} remote cluster: {reason}");
}
