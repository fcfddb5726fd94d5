using System.CommandLine;
using Skein.Cli.Output;
using Skein.Core.Wire;

namespace Skein.Cli.Commands;

/// <summary><c>skein cluster force-primary</c>: after the permanent loss of most voters.</summary>
internal static class ForcePrimaryCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host)
    {
        var node = new Option<string>("--node")
        {
            Description = "The proxy that is to lead; any that answers",
            HelpName = "PROXY",
            Required = true,
        };
        var accept = new Option<bool>("--accept-loss")
        {
            Description = "Do it; without this it is only shown what would be lost",
        };
        var command = new DocumentedCommand(
            "force-primary",
            "Make a proxy the primary although most voters are gone for ever",
            "skein cluster force-primary --node proxy002                  # shows what would be lost",
            "skein cluster force-primary --node proxy002 --accept-loss    # does it")
        {
            node, accept, CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var proxy = await ClusterCommands.FindAsync(client, parsed.GetRequiredValue(node), cancellation);
            var act = parsed.GetValue(accept);
            // The option is the confirmation of a script; a person is asked once more.
            if (act && host.Confirm is not null)
            {
                Confirmation.Require(
                    host, parsed, $"Make {proxy.DisplayName} the primary and give up what only the lost voters know?");
            }
            var reply = await client.Cluster.ForcePrimaryAsync(proxy.Id, act, cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                CliJsonContext.Write(host.Writer, reply, CliJsonContext.Output.ForcedPrimaryReply);
                return 0;
            }
            Write(host, reply);
            return 0;
        });
        return command;
    }

    private static void Write(CliHost host, ForcedPrimaryReply reply)
    {
        var table = new TextTable("-").Add("NODE").Add("VOTES").Add("ANSWERS").Add("HOLDS");
        foreach (var node in reply.Nodes)
        {
            table.Row(node.Id, node.IsVoter ? "yes" : "no", node.IsReachable ? "yes" : "no", node.Holds);
        }
        table.Write(host.Writer, host.Width);
        host.Writer.WriteLine();
        host.Writer.WriteLine($"Adopted is {reply.Adopts}, whose last change is: {reply.LastChange}");
        host.Writer.WriteLine(reply.Losses.Count == 0 ? "Nothing is lost." : "Lost, or given up:");
        foreach (var loss in reply.Losses)
        {
            host.Writer.WriteLine("  - " + loss);
        }
        host.Writer.WriteLine(reply.IsDone
            ? $"{reply.Node} is now the primary, at {reply.Stamp}."
            : $"Nothing was done. To do it: skein cluster force-primary --node {reply.Node} --accept-loss");
    }
}
