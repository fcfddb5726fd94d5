using Skein.Cli.Output;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>Shows the cluster map.</summary>
/// <param name="host">Where to write.</param>
/// <param name="map">The map.</param>
/// <param name="headings">False to leave the headings and the lines below out.</param>
internal sealed class MapPrinter(CliHost host, WireClusterMap map, bool headings)
{
    /// <summary>Shows it.</summary>
    /// <param name="only">Only this node, and no summary; null for all.</param>
    public void Write(NodeInfo? only = null)
    {
        if (only is not null)
        {
            Table([only]);
            return;
        }
        Table(map.Proxies.Values);
        host.Writer.WriteLine();
        Table(map.Targets.Values);
        if (!headings)
        {
            return;
        }
        var electable = map.Proxies.Values.Where(node => !node.IsElectable).Select(node => node.Id).ToList();
        host.Writer.WriteLine();
        host.Writer.WriteLine("Non-Electable:  " + (electable.Count == 0 ? "none" : string.Join(", ", electable)));
        host.Writer.WriteLine("Primary Proxy:  " + (map.Primary?.Id ?? "unknown"));
        host.Writer.WriteLine(
            $"Summary:        proxies({map.Proxies.Count}), targets({map.Targets.Count}), "
                + $"cluster map(v{map.Version}), cluster ID(\"{map.Uuid}\")");
    }

    private void Table(IEnumerable<NodeInfo> nodes)
    {
        var table = new TextTable().Add("NODE").Add("TYPE").Add("PUBLIC URL")
            .Add("INTRA CONTROL URL", optional: true).Add("INTRA DATA URL", optional: true);
        foreach (var node in nodes)
        {
            table.Row(
                Name(node), node.Type, node.PublicNet.Url,
                node.ControlNet.Url == node.PublicNet.Url ? "" : node.ControlNet.Url,
                node.DataNet.Url == node.PublicNet.Url ? "" : node.DataNet.Url);
        }
        table.Write(host.Writer, host.Width, headings);
    }

    private string Name(NodeInfo node) => node.DisplayName
        + (node.Id == map.Primary?.Id ? "[P]" : "")
        + (node.Role == NodeRole.Proxy && !node.IsElectable ? "[n/e]" : "")
        + ((node.Flags & (NodeFlags.Maintenance | NodeFlags.Decommission)) != 0 ? "[x]" : "");
}
