using System.Net;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Gateway.Pipeline;
using Skein.Node.CommandLine;

namespace Skein.Node.Hosting;

/// <summary>The networks of a node: what it binds, and what it tells others.</summary>
internal static class NodeNetworks
{
    /// <summary>What to bind: networks without a port of their own share the public one.</summary>
    /// <exception cref="StoreException">When the address is not of this machine alone and that was not allowed.</exception>
    public static IReadOnlyList<ListenerRequest> Plan(HostNetworkSection net, bool insecure)
    {
        var shared = NetworkKind.Public
            | (net.HasOwnControl ? NetworkKind.None : NetworkKind.Control)
            | (net.HasOwnData ? NetworkKind.None : NetworkKind.Data);
        var plan = new List<ListenerRequest>
        {
            new(shared, Host(net.Hostnames, insecure), net.Port, "host_net.port"),
        };
        if (net.HasOwnControl)
        {
            plan.Add(new ListenerRequest(
                NetworkKind.Control, Host(net.HostnamesControl, insecure), net.PortControl, "host_net.port_intra_control"));
        }
        if (net.HasOwnData)
        {
            plan.Add(new ListenerRequest(
                NetworkKind.Data, Host(net.HostnamesData, insecure), net.PortData, "host_net.port_intra_data"));
        }
        return plan;
    }

    /// <summary>The node as it describes itself to others.</summary>
    public static NodeInfo Describe(
        NodeStartup startup, NodeIdentity identity, IReadOnlyList<Listener> listeners)
    {
        var net = startup.Node.HostNetwork;
        var environment = startup.Environment;
        var shown = Address(listeners, NetworkKind.Public, net.Hostnames);
        if (environment.PublicHostname is not null || environment.HostAddress is not null || environment.HostPort is not null)
        {
            shown = NodeAddress.Create(
                "http",
                environment.PublicHostname ?? environment.HostAddress ?? shown.Host,
                environment.HostPort ?? int.Parse(shown.Port, System.Globalization.CultureInfo.InvariantCulture));
        }
        var nonElectable = startup.Role == NodeRole.Proxy && startup.InitialCluster.Proxy.NonElectable;
        return new NodeInfo
        {
            PublicNet = shown,
            ControlNet = net.HasOwnControl ? Address(listeners, NetworkKind.Control, net.HostnamesControl) : shown,
            DataNet = net.HasOwnData ? Address(listeners, NetworkKind.Data, net.HostnamesData) : shown,
            Type = startup.Role.ToWire(),
            Id = identity.Id,
            Incarnation = identity.Incarnation,
            FlagBits = nonElectable ? (ulong)NodeFlags.NonElectable : 0,
        };
    }

    private static NodeAddress Address(IReadOnlyList<Listener> listeners, NetworkKind kind, IReadOnlyList<string> hosts)
    {
        var listener = listeners.First(candidate => candidate.Networks.HasFlag(kind));
        var bound = listener.Address.Address;
        // "Any address" is a place to listen and none to go to.
        var host = bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any)
            ? FirstAddress()
            : hosts.Count > 0 ? hosts[0] : bound.ToString();
        return NodeAddress.Create("http", host, listener.Address.Port);
    }

    /// <summary>
    /// The host to bind. Without one it is loopback: a node without authentication is not opened to a network unless
    /// that is asked for.
    /// </summary>
    private static string Host(IReadOnlyList<string> hosts, bool insecure)
    {
        if (hosts.Count == 0)
        {
            return insecure ? FirstAddress() : "127.0.0.1";
        }
        var host = hosts[0];
        var local = host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        return local || insecure
            ? host
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"host_net names {host}, which others can reach, and this node has no authentication: "
                    + "start it with --insecure to allow that, or use 127.0.0.1");
    }

    private static string FirstAddress() =>
        Array.Find(
            Dns.GetHostAddresses(Dns.GetHostName()),
            address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                && !IPAddress.IsLoopback(address))?.ToString() ?? "127.0.0.1";
}
