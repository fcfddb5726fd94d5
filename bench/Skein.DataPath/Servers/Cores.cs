using Skein.TestKit.Clusters;

namespace Skein.DataPath.Servers;

/// <summary>Which processor cores are used for what.</summary>
internal static class Cores
{
    /// <summary>Servers have one core for themselves; the client has another.</summary>
    public static ProcessPlace OfServers { get; } = new("127.0.0.1", ["taskset", "-c", "1"], []);
}
