using Skein.Core.Nodes;

namespace Skein.UnitTests.Core.Maps;

internal static class TestNodes
{
    public static NodeInfo Proxy(int number, string incarnation = "one") => Node(NodeRoles.Proxy, number, incarnation);

    public static NodeInfo Target(int number, string incarnation = "one") => Node(NodeRoles.Target, number, incarnation);

    private static NodeInfo Node(string type, int number, string incarnation) => new()
    {
        PublicNet = NodeAddress.Create("http", "127.0.0.1", 8000 + number),
        ControlNet = NodeAddress.Create("http", "127.0.0.1", 9000 + number),
        DataNet = NodeAddress.Create("http", "127.0.0.1", 10000 + number),
        Type = type,
        Id = $"{type}-{number:D3}",
        Incarnation = incarnation,
    };
}
