using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Node.Telemetry;
using Skein.Storage.Objects;

namespace Skein.Node.Hosting;

internal sealed record RoleParts(
    ControlServices Control, ObjectStore? Store, NodeFacts Facts, PeerClient Peers, TimeProvider Time, ILoggerFactory Logs);

internal static class RoleServices
{
    public static GatewayServices Create(RoleParts parts) => new()
    {
        Facts = parts.Facts,
        Metadata = parts.Control.Feed,
        Control = parts.Control.Plane,
        Router = new Nothing(),
        Lister = new Nothing(),
        Peers = parts.Peers,
        Counters = new NodeCounters(),
        Intra = parts.Control.Endpoints,
        Time = parts.Time,
        Logger = parts.Logs.CreateLogger("Skein.Gateway"),
    };

    private sealed class Nothing : IObjectRouter, IObjectLister
    {
        public NodeInfo? Route(RouteObjectRequest request) => throw new StoreException(StoreErrorCode.NotReady, "x");
        public Task<ObjectPage> ListAsync(ListObjectsRequest request, CancellationToken cancellation) => throw new StoreException(StoreErrorCode.NotReady, "x");
    }
}
