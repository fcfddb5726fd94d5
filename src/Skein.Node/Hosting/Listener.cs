using System.Net;
using System.Net.Sockets;
using Skein.Core.Errors;
using Skein.Gateway.Pipeline;

namespace Skein.Node.Hosting;

/// <summary>A bound socket and the networks that it serves.</summary>
/// <param name="Socket">Bound, not yet listening.</param>
/// <param name="Address">Where it is bound; the port is never 0.</param>
/// <param name="Networks">What comes in by it.</param>
internal sealed record Listener(Socket Socket, IPEndPoint Address, NetworkKind Networks);

/// <summary>What to bind.</summary>
/// <param name="Networks">Networks that share the socket.</param>
/// <param name="Host">Name or address to bind to.</param>
/// <param name="Port">Port; 0 picks a free one.</param>
/// <param name="Key">Configuration key that names the port, for messages.</param>
internal sealed record ListenerRequest(NetworkKind Networks, string Host, int Port, string Key);

/// <summary>Binds the sockets of a node before anything else is started, so that the real ports are known.</summary>
internal static class Listeners
{
    /// <summary>Binds all or none.</summary>
    /// <exception cref="StoreException">When a host cannot be resolved or a port is taken; says which key to change.</exception>
    public static IReadOnlyList<Listener> Bind(IReadOnlyList<ListenerRequest> requests)
    {
        var bound = new List<Listener>();
        try
        {
            foreach (var request in requests)
            {
                bound.Add(Bind(request));
            }
            return bound;
        }
        catch
        {
            foreach (var listener in bound)
            {
                listener.Socket.Dispose();
            }
            throw;
        }
    }

    private static Listener Bind(ListenerRequest request)
    {
        var address = Resolve(request.Host, request.Key);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, request.Port));
            return new Listener(socket, (IPEndPoint)socket.LocalEndPoint!, request.Networks);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            var reason = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"port {request.Port} is taken on {address}: stop what uses it, or change {request.Key}",
                SocketError.AccessDenied =>
                    $"port {request.Port} needs privileges: choose one above 1023 in {request.Key}",
                SocketError.AddressNotAvailable =>
                    $"{address} is not an address of this machine: change the host name beside {request.Key}",
                _ => $"cannot listen on {address}:{request.Port} ({request.Key}): {e.Message}",
            };
            throw new StoreException(StoreErrorCode.InvalidRequest, reason, e);
        }
    }

    private static IPAddress Resolve(string host, string key)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return literal;
        }
        try
        {
            var found = Dns.GetHostAddresses(host);
            return Array.Find(found, address => address.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"host name \"{host}\" beside {key} cannot be resolved: {e.Message}", e);
        }
    }
}
