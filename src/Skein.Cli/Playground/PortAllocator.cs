using System.Net;
using System.Net.Sockets;

namespace Skein.Cli.Playground;

/// <summary>
/// Finds free ports of 127.0.0.1. Ports are taken from below the range from which the system serves outgoing
/// connections, so that they are still free when a node restarts.
/// </summary>
/// <param name="random">Where to begin the search, so that playgrounds made at the same time do not meet.</param>
internal sealed class PortAllocator(Random random)
{
    private const int Lowest = 10_240;
    private const int HighestDefault = 32_000;
    private const int MaxAttempts = 200;

    /// <summary>Finds a run of free ports.</summary>
    /// <param name="count">How many, 1 to 1000.</param>
    /// <exception cref="PlaygroundException">When none is found.</exception>
    public IReadOnlyList<int> FindFree(int count)
    {
        var top = Math.Min(HighestDefault, EphemeralStart()) - count;
        for (var attempt = 0; attempt < MaxAttempts && top > Lowest; attempt++)
        {
            var first = Lowest + (random.Next(top - Lowest) / 10 * 10);
            if (FirstTaken(first, count) is null)
            {
                return [.. Enumerable.Range(first, count)];
            }
        }
        throw new PlaygroundException($"found no {count} free ports in a row", "name a first port with --port-base");
    }

    /// <summary>The ports from a given one on.</summary>
    /// <exception cref="PlaygroundException">When one of them is taken or out of range.</exception>
    public IReadOnlyList<int> Sequence(int first, int count)
    {
        if (first < 1 || first + count > IPEndPoint.MaxPort)
        {
            throw new PlaygroundException($"ports {first} to {first + count - 1} are not all between 1 and 65535");
        }
        if (FirstTaken(first, count) is { } taken)
        {
            throw new PlaygroundException(
                $"port {taken} is taken (ports {first} to {first + count - 1} are needed)",
                "name another first port with --port-base, or 0 to have free ones chosen");
        }
        return [.. Enumerable.Range(first, count)];
    }

    private static int? FirstTaken(int first, int count)
    {
        for (var port = first; port < first + count; port++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen(1);
            }
            catch (SocketException)
            {
                return port;
            }
        }
        return null;
    }

    private static int EphemeralStart()
    {
        try
        {
            var text = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range");
            return int.TryParse(text.Split('\t', ' ')[0], out var start) && start > Lowest * 2 ? start : HighestDefault;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return HighestDefault;
        }
    }
}
