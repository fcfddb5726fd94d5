using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Client.Cluster;

namespace Skein.Cli.Nodes;

/// <summary><c>skein cluster shutdown</c> and <c>skein cluster decommission</c>: the end of all nodes.</summary>
internal static class ClusterEndCommands
{
    /// <summary>Builds <c>shutdown</c>.</summary>
    public static Command Shutdown(CliHost host)
    {
        var command = new DocumentedCommand(
            "shutdown",
            "Shut all nodes down; started again they are the same cluster",
            "skein cluster shutdown",
            "skein cluster shutdown -y")
        {
            CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            host, parsed, new NodeChange("shutdown", []), "Shut the whole cluster down?", "Cluster successfully shut down",
            cancellation));
        return command;
    }

    /// <summary>Builds <c>decommission</c>.</summary>
    public static Command Decommission(CliHost host)
    {
        var removeData = new Option<bool>("--rm-user-data")
        {
            Description = "Also remove all objects from the disks of all targets",
        };
        var command = new DocumentedCommand(
            "decommission",
            "Give the cluster up: all nodes forget it and end",
            "skein cluster decommission",
            "skein cluster decommission --rm-user-data -y    # nothing is left")
        {
            removeData, CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var withData = parsed.GetValue(removeData);
            return RunAsync(
                host,
                parsed,
                new NodeChange("decommission", []) { RemoveUserData = withData },
                withData
                    ? "Give the cluster up and remove ALL objects? This cannot be undone."
                    : "Give the cluster up? This cannot be undone.",
                "Cluster successfully decommissioned",
                cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliHost host, ParseResult parsed, NodeChange change, string question, string done, CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(host, parsed);
        Confirmation.Require(host, parsed, question);
        await client.Cluster.ChangeNodesAsync(change, cancellation);
        if (parsed.GetValue(CommonOptions.Json))
        {
            var document = new NamesDocument { Action = change.Action, Names = [] };
            CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.NamesDocument);
            return 0;
        }
        host.Writer.WriteLine(done);
        return 0;
    }
}
