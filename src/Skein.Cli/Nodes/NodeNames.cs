using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Nodes;

/// <summary>Finds the node that a person means: by its id, as <c>t[id]</c>, or by the beginning of its id.</summary>
internal static class NodeNames
{
    /// <summary>The node with exactly that id or display name; null when there is none.</summary>
    public static NodeInfo? FindExact(WireClusterMap map, string name) =>
        Nodes(map).FirstOrDefault(node => node.Id == name || node.DisplayName == name);

    /// <summary>The node that a name or the beginning of an id means.</summary>
    /// <exception cref="CliException">When there is none, or several.</exception>
    public static NodeInfo Find(WireClusterMap map, string name)
    {
        if (FindExact(map, name) is { } exact)
        {
            return exact;
        }
        var begins = Nodes(map).Where(node => Begins(node, name)).ToList();
        return begins.Count switch
        {
            1 => begins[0],
            0 => throw new CliException($"node \"{name}\" does not exist", "see 'skein show cluster'"),
            _ => throw new CliException(
                $"\"{name}\" may be {string.Join(" or ", begins.Select(node => node.DisplayName))}", "write more of the id"),
        };
    }

    /// <summary>The nodes that several names mean, each once; names may also be divided by commas.</summary>
    /// <exception cref="CliException">When one means none, or several.</exception>
    public static IReadOnlyList<NodeInfo> FindAll(WireClusterMap map, IEnumerable<string> names) =>
    [
        .. names
            .SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(name => Find(map, name))
            .DistinctBy(node => node.Id),
    ];

    private static IEnumerable<NodeInfo> Nodes(WireClusterMap map) => map.Proxies.Values.Concat(map.Targets.Values);

    private static bool Begins(NodeInfo node, string name) => name.Length != 0
        && (node.Id.StartsWith(name, StringComparison.Ordinal)
            || (name.Length > 2 && name[1] == '[' && node.DisplayName.StartsWith(name, StringComparison.Ordinal)));
}
