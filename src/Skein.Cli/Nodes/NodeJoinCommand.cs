using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Core.Nodes;

namespace Skein.Cli.Nodes;

/// <summary><c>skein cluster add-remove-nodes join</c>.</summary>
internal static class NodeJoinCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host)
    {
        var role = new Option<string>("--role")
        {
            Description = "proxy or target; the cluster asks the node itself",
            HelpName = "ROLE",
            Required = true,
        };
        role.AcceptOnlyFromAmong(NodeRoles.Proxy, NodeRoles.Target);
        var nonElectable = new Option<bool>("--non-electable") { Description = "A proxy that must never become primary" };
        var address = new Argument<string>("IP:PORT") { Description = "Where the node's control network listens" };
        var join = new DocumentedCommand(
            "join",
            "Bring in a node that stands by",
            "skeind -role target -standby ...          # on the new machine",
            "skein cluster add-remove-nodes join --role=target 10.0.0.7:8081")
        {
            role, nonElectable, address, CommonOptions.Json,
        };
        join.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var text = parsed.GetRequiredValue(address);
            var full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
            if (!Uri.TryCreate(full, UriKind.Absolute, out var url))
            {
                throw new CliException($"\"{text}\" is no address", "write it as 10.0.0.7:8081");
            }
            var joined = await client.Cluster.JoinNodeAsync(
                url, parsed.GetRequiredValue(role), parsed.GetValue(nonElectable), cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                CliJsonContext.Write(host.Writer, joined, CliJsonContext.Output.JoinedNodeReply);
                return 0;
            }
            var map = await client.Cluster.GetMapAsync(cancellation);
            var name = NodeNames.FindExact(map, joined.NodeId)?.DisplayName ?? joined.NodeId;
            host.Writer.WriteLine($"{name} successfully joined the cluster");
            if (joined.RebalanceId.Length != 0)
            {
                host.Writer.WriteLine(
                    $"Started rebalance \"{joined.RebalanceId}\" (to monitor, run '{host.Program} show rebalance').");
            }
            return 0;
        });
        return join;
    }
}
