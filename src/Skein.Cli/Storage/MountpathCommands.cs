using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Nodes;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Nodes;

namespace Skein.Cli.Storage;

/// <summary><c>skein storage mountpath</c>: mountpaths come, go, and come back.</summary>
internal static class MountpathCommands
{
    private const string Shown = "skein storage mountpath ";

    private static readonly PerTree<Argument<string[]>> PairsArgument = new(() => new("NODE=MPATH")
    {
        Description = "Id of a target and the absolute path of a folder there",
        Arity = ArgumentArity.OneOrMore,
        Validators = { CommonOptions.RefuseOptions },
    });

    private static readonly PerTree<Option<string>> LabelOption = new(() => new("--label")
    {
        Description = "A word that says what kind of disk it is",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "",
    });

    private static readonly PerTree<Option<bool>> NoResilverOption = new(() => new("--no-resilver")
    {
        Description = "Do not move its objects to the other mountpaths first",
    });

    private static Argument<string[]> Pairs => PairsArgument.Value;

    private static Option<string> Label => LabelOption.Value;

    private static Option<bool> NoResilver => NoResilverOption.Value;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "mountpath",
        "Show, attach, detach, enable and disable mountpaths",
        Shown + "show",
        Shown + "attach target01=/mnt/disk5 --label fast",
        Shown + "disable target01=/mnt/disk5 --no-resilver -y",
        Shown + "enable target01=/mnt/disk5",
        Shown + "detach target01=/mnt/disk5")
    {
        StorageShowCommand.Create(
            host, "show", "Show the mountpaths, their file systems and states", Shown.TrimEnd(), StoragePrinter.Mountpaths),
        Change(
            host, "attach", "attached", "Take new mountpaths into service; objects that belong there are moved to them",
            (client, target, path, parsed, cancellation) =>
                client.Mountpaths.AttachAsync(target, path, parsed.GetValue(Label)!, cancellation), Label),
        Change(
            host, "detach", "detached", "Give mountpaths up, after their objects were moved to the others",
            (client, target, path, parsed, cancellation) =>
                client.Mountpaths.DetachAsync(target, path, !parsed.GetValue(NoResilver), cancellation), NoResilver),
        Change(
            host, "enable", "enabled", "Take mountpaths back into service",
            (client, target, path, _, cancellation) => client.Mountpaths.EnableAsync(target, path, cancellation)),
        Change(
            host, "disable", "disabled", "Take mountpaths out of service, after their objects were moved to the others",
            (client, target, path, parsed, cancellation) =>
                client.Mountpaths.DisableAsync(target, path, !parsed.GetValue(NoResilver), cancellation), NoResilver),
        Change(
            host, "rescan-disks", "rescanned", "Ask for the disks of mountpaths to be looked for again; Skein refuses it",
            (client, target, path, _, cancellation) => client.Mountpaths.RescanAsync(target, path, cancellation)),
        Change(
            host, "fshc", "checked", "Ask for mountpaths to be checked now; Skein refuses it and checks by itself",
            (client, target, path, _, cancellation) => client.Mountpaths.CheckAsync(target, path, cancellation)),
    };

    private static DocumentedCommand Change(
        CliHost host, string name, string done, string description,
        Func<SkeinClient, string, string, ParseResult, CancellationToken, Task> change, params Option[] options)
    {
        var line = $"{Shown}{name} target01=/mnt/disk5";
        var second = options.Contains(NoResilver) ? " --no-resilver -y" : options.Contains(Label) ? " --label fast" : " --json";
        var command = new DocumentedCommand(name, description, line, line + second)
        {
            Pairs, CommonOptions.Yes, CommonOptions.Json,
        };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var map = await client.Cluster.GetMapAsync(cancellation);
            var pairs = parsed.GetRequiredValue(Pairs).Select(Split)
                .Select(pair => (Node: NodeNames.Find(map, pair.Node), pair.Path)).ToList();
            if (pairs.Find(pair => pair.Node.Role != NodeRole.Target) is { Node: { } proxy })
            {
                throw new CliException($"{proxy.DisplayName} is a proxy: it has no mountpaths");
            }
            if (options.Contains(NoResilver) && parsed.GetValue(NoResilver))
            {
                Confirmation.Require(host, parsed, name == "detach"
                    ? "The objects on it are given up. Detach it?" : "The objects on it will not be served. Disable it?");
            }
            foreach (var (node, path) in pairs)
            {
                await change(client, node.Id, path, parsed, cancellation);
                if (!parsed.GetValue(CommonOptions.Json))
                {
                    host.Writer.WriteLine($"Node \"{node.Id}\" {done} mountpath \"{path}\"");
                }
            }
            if (parsed.GetValue(CommonOptions.Json))
            {
                CliJsonContext.Write(
                    host.Writer,
                    new NamesDocument { Action = done, Names = [.. pairs.Select(pair => $"{pair.Node.Id}={pair.Path}")] },
                    CliJsonContext.Output.NamesDocument);
            }
            return 0;
        });
        return command;
    }

    private static (string Node, string Path) Split(string pair)
    {
        var at = pair.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && at < pair.Length - 1
            ? (pair[..at], pair[(at + 1)..])
            : throw new CliException($"invalid key=value pair \"{pair}\"", "write NODE=MPATH, as target01=/mnt/disk5");
    }
}
