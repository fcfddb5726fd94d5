using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Nodes;
using Skein.Cli.Output;
using Skein.Core.Nodes;

namespace Skein.Cli.Storage;

/// <summary>Shows one side of the storage of one target or of all.</summary>
internal static class StorageShowCommand
{
    private static readonly Argument<string?> Target = new("TARGET")
    {
        Description = "Id of a target (default: all)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Builds the command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="name">Name of the command.</param>
    /// <param name="description">What it shows.</param>
    /// <param name="shown">The command line before the name.</param>
    /// <param name="print">Prints it.</param>
    public static Command Create(
        CliHost host, string name, string description, string shown, Action<CliHost, StorageDocument, bool> print)
    {
        var command = new DocumentedCommand(
            name, description, $"{shown} {name}", $"{shown} {name} target01", $"{shown} {name} --json")
        {
            Target, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(host, parsed, parsed.GetValue(Target), print, cancellation));
        return command;
    }

    /// <summary>Asks the targets and prints.</summary>
    /// <exception cref="CliException">When there is no such target.</exception>
    public static async Task<int> RunAsync(
        CliHost host, ParseResult parsed, string? target, Action<CliHost, StorageDocument, bool> print,
        CancellationToken cancellation)
    {
        using var client = EndpointFinder.Connect(host, parsed);
        var map = await client.Cluster.GetMapAsync(cancellation);
        var chosen = target is null ? map.Targets.Values : (IEnumerable<NodeInfo>)[NodeNames.Find(map, target)];
        var document = new StorageDocument();
        foreach (var node in chosen)
        {
            if (node.Role != NodeRole.Target)
            {
                throw new CliException($"{node.DisplayName} is a proxy: it has no disks", "see 'skein show cluster target'");
            }
            await document.AddAsync(client, node, cancellation);
        }
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.StorageDocument);
        }
        else
        {
            print(host, document, !parsed.GetValue(CommonOptions.NoHeaders));
        }
        return 0;
    }
}
