using System.Globalization;
using Skein.Core.Nodes;

namespace Skein.Cli.Playground;

/// <summary>Lays out the nodes of a playground: ids, ports, folders, configuration, command lines.</summary>
internal static class PlaygroundPlan
{
    private const int DefaultCount = 3;
    private const int PortsPerNode = 3;

    /// <summary>Lays out a new playground and writes the folders and configurations of its nodes.</summary>
    /// <exception cref="PlaygroundException">When the numbers are out of range or ports are taken.</exception>
    public static PlaygroundState Create(PlaygroundFiles files, PlaygroundOptions options, PortAllocator allocator)
    {
        var proxies = options.Proxies ?? DefaultCount;
        var targets = options.Targets ?? DefaultCount;
        CheckNumbers(proxies, targets, options);
        var count = proxies + targets;
        var ports = options.PortBase == 0
            ? allocator.FindFree(count * PortsPerNode)
            : allocator.Sequence(options.PortBase, count * PortsPerNode);
        var nodes = new List<PlaygroundNode>();
        for (var i = 0; i < count; i++)
        {
            var role = i < proxies ? NodeRole.Proxy : NodeRole.Target;
            var id = Id(role, i < proxies ? i + 1 : i - proxies + 1);
            nodes.Add(Node(files, id, role, [.. ports.Skip(i * PortsPerNode).Take(PortsPerNode)], options));
        }
        var urls = new JoinUrls(
            nodes[0].ControlUrl,
            nodes[Math.Min(2, proxies - 1)].ControlUrl,
            nodes[Math.Min(1, proxies - 1)].ControlUrl);
        foreach (var node in nodes)
        {
            WriteFolders(node, urls, options);
        }
        return new PlaygroundState().WithNodes(nodes);
    }

    /// <summary>Lays out one more node. It knows no more than the control URL of one proxy that runs.</summary>
    /// <exception cref="PlaygroundException">When no proxy runs or the playground is full.</exception>
    public static PlaygroundNode Add(
        PlaygroundFiles files, PlaygroundState state, NodeRole role, PlaygroundOptions options, PortAllocator allocator)
    {
        var proxies = state.Nodes.Count(node => node.IsProxy);
        var targets = state.Nodes.Count - proxies;
        CheckNumbers(
            proxies + (role == NodeRole.Proxy ? 1 : 0), targets + (role == NodeRole.Target ? 1 : 0), options);
        var contact = state.Nodes.LastOrDefault(node => node.IsProxy && node.Pid != 0)
            ?? throw new PlaygroundException("no proxy runs", "bring the playground up with 'skein playground up'");
        var number = 1;
        while (state.Find(Id(role, number)) is not null || Directory.Exists(files.NodeDirectory(Id(role, number))))
        {
            number++;
        }
        var ports = options.PortBase == 0
            ? allocator.FindFree(PortsPerNode)
            : allocator.Sequence(options.PortBase, PortsPerNode);
        var node = Node(files, Id(role, number), role, ports, options);
        WriteFolders(node, new JoinUrls("", "", contact.ControlUrl), options);
        return node;
    }

    /// <summary>Refuses options that ask an existing playground to be another one.</summary>
    /// <exception cref="PlaygroundException">When the numbers differ.</exception>
    public static void CheckSameShape(PlaygroundState state, PlaygroundOptions options)
    {
        var proxies = state.Nodes.Count(node => node.IsProxy);
        var targets = state.Nodes.Count - proxies;
        if ((options.Proxies ?? proxies) != proxies || (options.Targets ?? targets) != targets)
        {
            throw new PlaygroundException(
                $"the playground exists and has {proxies} proxies and {targets} targets",
                "add nodes with 'skein playground add', or remove it with 'skein playground down --rm'");
        }
        if (options.Settings.Count != 0 || options.PromoteRoots.Count != 0)
        {
            throw new PlaygroundException(
                "the playground exists; --set and --promote-root are for a new one",
                "remove it with 'skein playground down --rm'");
        }
    }

    /// <summary>Removes the metadata of a node and all that is on its mountpaths; its configuration stays.</summary>
    public static void Wipe(PlaygroundNode node)
    {
        string[] kept = [node.ClusterConfigPath, node.LocalConfigPath];
        foreach (var path in Directory.EnumerateFileSystemEntries(node.ConfigDirectory).Except(kept).ToList())
        {
            Delete(path);
        }
        foreach (var mountpath in node.Mountpaths.Where(Directory.Exists))
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(mountpath).ToList())
            {
                Delete(path);
            }
        }
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private static string Id(NodeRole role, int number) => role == NodeRole.Proxy
        ? string.Create(CultureInfo.InvariantCulture, $"proxy{number:000}")
        : string.Create(CultureInfo.InvariantCulture, $"target{number:00}");

    private static PlaygroundNode Node(
        PlaygroundFiles files, string id, NodeRole role, IReadOnlyList<int> ports, PlaygroundOptions options)
    {
        var folder = files.NodeDirectory(id);
        var mountpaths = role == NodeRole.Target ? options.Mountpaths : 0;
        var node = new PlaygroundNode
        {
            Id = id,
            Role = role.ToWire(),
            PublicUrl = NodeAddress.Create("http", "127.0.0.1", ports[0]).Url,
            ControlUrl = NodeAddress.Create("http", "127.0.0.1", ports[1]).Url,
            DataUrl = NodeAddress.Create("http", "127.0.0.1", ports[2]).Url,
            Directory = folder,
            Mountpaths = [.. Enumerable.Range(1, mountpaths).Select(i => Path.Combine(folder, "mp" + i))],
            Log = Path.Combine(folder, "log", "console.log"),
            Command = [],
        };
        return node with
        {
            Command =
            [
                options.Skeind, "-role=" + node.Role, "-config=" + node.ClusterConfigPath, node.IdentityArgument,
                "-daemon_id=" + id,
            ],
        };
    }

    private static void WriteFolders(PlaygroundNode node, JoinUrls urls, PlaygroundOptions options)
    {
        foreach (var path in node.Mountpaths)
        {
            Directory.CreateDirectory(path);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(node.Log)!);
        NodeConfigFiles.Write(node, urls, options);
    }

    private static void CheckNumbers(int proxies, int targets, PlaygroundOptions options)
    {
        if (proxies < 1 || targets < 0 || proxies + targets > PlaygroundOptions.MaxNodes)
        {
            throw new PlaygroundException(
                $"{proxies} proxies and {targets} targets: at least one proxy and at most "
                    + $"{PlaygroundOptions.MaxNodes} nodes in all are allowed");
        }
        if (options.Mountpaths is < 1 or > PlaygroundOptions.MaxMountpaths)
        {
            throw new PlaygroundException(
                $"{options.Mountpaths} mountpaths: 1 to {PlaygroundOptions.MaxMountpaths} are allowed");
        }
    }
}
