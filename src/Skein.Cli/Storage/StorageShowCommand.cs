using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Nodes;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Nodes;

namespace Skein.Cli.Storage;

/// <summary>Shows one side of the storage of one target or of all.</summary>
internal static class StorageShowCommand
{
    private static readonly PerTree<Argument<string?>> TargetArgument = new(() => new("TARGET")
    {
        Description = "Id of a target (default: all)",
        Arity = ArgumentArity.ZeroOrOne,
    });

    private static Argument<string?> Target => TargetArgument.Value;

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
            Target, RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
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
        if (chosen.FirstOrDefault(node => node.Role != NodeRole.Target) is { } proxy)
        {
            throw new CliException($"{proxy.DisplayName} is a proxy: it has no disks", "see 'skein show cluster target'");
        }
        return await RepeatOptions.RunAsync(
            host, parsed, () => ShowAsync(host, parsed, client, [.. chosen], print, cancellation), cancellation);
    }

    private static async Task<bool> ShowAsync(
        CliHost host, ParseResult parsed, SkeinClient client, IReadOnlyList<NodeInfo> targets,
        Action<CliHost, StorageDocument, bool> print, CancellationToken cancellation)
    {
        var document = new StorageDocument();
        foreach (var node in targets)
        {
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
        return true;
    }
}
