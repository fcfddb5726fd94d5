using System.Net;
using System.Net.Sockets;

namespace Skein.TestKit.Http;

/// <summary>Ports for programs that cannot choose one by themselves.</summary>
public static class FreePorts
{
    /// <summary>Ports of loopback that were free a moment ago, all different.</summary>
    /// <param name="count">How many.</param>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}
