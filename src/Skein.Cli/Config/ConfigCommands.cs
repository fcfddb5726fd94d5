using System.CommandLine;
using System.Text.Json;
using Skein.Cli.Commands;
using Skein.Cli.Nodes;
using Skein.Cli.Output;
using Skein.Client;

namespace Skein.Cli.Config;

/// <summary><c>skein config</c> and <c>skein show config</c>: configurations of the cluster and of nodes.</summary>
internal static class ConfigCommands
{
    private static readonly PerTree<Option<bool>> TransientOption = new(() => new("--transient")
    {
        Description = "Change it until the next restart only",
    });

    private static readonly PerTree<Argument<string[]>> WordsArgument = new(() => new("SECTION|KEY=VALUE")
    {
        Description = "A section or key to show, or new values as KEY=VALUE or KEY VALUE",
        Arity = ArgumentArity.ZeroOrMore,
        Validators = { CommonOptions.RefuseOptions },
    });

    private static readonly PerTree<Argument<string[]>> NodeWordsArgument = new(() =>
        new("NODE [inherited|local] [SECTION|KEY=VALUE]")
        {
            Description = "A node; what it has of the cluster or what is its own; a section to show, or new values",
            Arity = ArgumentArity.OneOrMore,
            Validators = { CommonOptions.RefuseOptions },
        });

    private static Option<bool> Transient => TransientOption.Value;

    private static Argument<string[]> Words => WordsArgument.Value;

    private static Argument<string[]> NodeWords => NodeWordsArgument.Value;

    /// <summary>Builds <c>config</c>.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "config",
        "Show and change the configuration of the cluster, of nodes, and of this command line",
        "skein config cluster",
        "skein config cluster checksum --json",
        "skein config cluster periodic.stats_time=10s disk.disk_util_low_wm=40",
        "skein config node target01 inherited space",
        "skein config reset target01",
        "skein config cli set cluster.url http://10.0.0.7:8080")
    {
        OfCluster(host, "skein config cluster", changes: true),
        OfNode(host, "node", "skein config node", changes: true),
        CliConfigCommands.Create(host, "skein config cli"),
        Show(host, "show", "skein config show"),
        Reset(host),
    };

    /// <summary>Builds <c>show config</c>.</summary>
    public static Command Show(CliHost host, string name, string shown)
    {
        // As in AIStore, the node may stand there without the word "node", also after "local" and "inherited".
        var words = new Argument<string[]>("NODE")
        {
            Description = "A node, with inherited or local before or after it, and a section",
            Arity = ArgumentArity.ZeroOrMore,
            Validators = { CommonOptions.RefuseOptions },
        };
        var command = new DocumentedCommand(
            name, "Show configurations", $"{shown} cluster", $"{shown} cluster lru", $"{shown} target01 local --json",
            $"{shown} cli")
        {
            OfCluster(host, $"{shown} cluster", changes: false),
            OfNode(host, "node", $"{shown} node", changes: false),
            CliConfigCommands.Create(host, $"{shown} cli"),
            words, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var given = parsed.GetValue(words) ?? [];
            using var client = EndpointFinder.Connect(host, parsed);
            await NodeAsync(host, parsed, client, given, changes: false, cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Shows the configuration of the cluster, or a section of it.</summary>
    public static async Task ShowClusterAsync(
        CliHost host, ParseResult parsed, SkeinClient client, string section, CancellationToken cancellation) =>
        Write(host, parsed, await client.Cluster.GetConfigAsync(cancellation), section);

    private static DocumentedCommand OfCluster(CliHost host, string shown, bool changes)
    {
        string[] more = changes ? [$"{shown} lru.enabled=false", $"{shown} log.level 4 --transient"] : [];
        var command = new DocumentedCommand(
            "cluster",
            changes ? "Show or change the configuration of the cluster" : "Show the configuration of the cluster",
            [shown, $"{shown} mirror", $"{shown} ec --json", .. more])
        {
            Words, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        if (changes)
        {
            command.Options.Add(Transient);
        }
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var given = parsed.GetValue(Words) ?? [];
            var words = await ConfigWords.ReadAsync(client, given, ofNode: false, cancellation);
            if (words.Settings.Count != 0)
            {
                RequireChanges(changes);
                await client.Operations.SetConfigAsync(null, words.Settings, parsed.GetValue(Transient), cancellation);
            }
            var sections = words.Settings.Select(pair => pair.Key.Split('.')[0]).Distinct().ToList();
            var config = await client.Cluster.GetConfigAsync(cancellation);
            foreach (var section in sections.Count == 0 ? [words.Section] : sections)
            {
                Write(host, parsed, config, section);
            }
            if (words.Settings.Count != 0 && !parsed.GetValue(CommonOptions.Json))
            {
                host.Writer.WriteLine();
                host.Writer.WriteLine("Cluster config updated");
            }
            return 0;
        });
        return command;
    }

    private static DocumentedCommand OfNode(CliHost host, string name, string shown, bool changes)
    {
        string[] more = changes ? [$"{shown} target01 periodic.stats_time=10s", $"{shown} target01 reset"] : [];
        var command = new DocumentedCommand(
            name,
            changes ? "Show or change the configuration of one node" : "Show the configuration of one node",
            [$"{shown} target01", $"{shown} target01 inherited checksum", $"{shown} target01 local --json", .. more])
        {
            NodeWords, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        if (changes)
        {
            command.Options.Add(Transient);
        }
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            await NodeAsync(host, parsed, client, parsed.GetRequiredValue(NodeWords), changes, cancellation);
            return 0;
        });
        return command;
    }

    private static DocumentedCommand Reset(CliHost host)
    {
        var name = new Argument<string?>("NODE")
        {
            Description = "A node; without it the whole cluster",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DocumentedCommand(
            "reset", "Take back what was changed: of one node, or of the cluster",
            "skein config reset", "skein config reset target01")
        {
            name,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            await ResetAsync(host, client, parsed.GetValue(name), cancellation);
            return 0;
        });
        return command;
    }

    private static async Task NodeAsync(
        CliHost host, ParseResult parsed, SkeinClient client, IReadOnlyList<string> given, bool changes,
        CancellationToken cancellation)
    {
        var words = await ConfigWords.ReadAsync(client, given, ofNode: true, cancellation);
        var node = words.Node!;
        if (words.Section == "reset" && changes)
        {
            await ResetAsync(host, client, node.Id, cancellation);
            return;
        }
        if (words.Settings.Count == 0)
        {
            Write(host, parsed, await client.Operations.GetNodeConfigAsync(node.Id, cancellation), words.Section, words.Scope);
            return;
        }
        RequireChanges(changes);
        if (words.Scope == "local")
        {
            throw new CliException(
                "the local configuration of a node is in its file and cannot be changed from here",
                $"edit the file on the machine of {node.DisplayName} and restart the node");
        }
        await client.Operations.SetConfigAsync(node.Id, words.Settings, parsed.GetValue(Transient), cancellation);
        host.Writer.WriteLine("{");
        host.Writer.WriteLine(string.Join(",\n", words.Settings.Select(pair => $"    \"{pair.Key}\": \"{pair.Value}\"")));
        host.Writer.WriteLine("}");
        host.Writer.WriteLine();
        host.Writer.WriteLine($"node {node.DisplayName} config updated");
    }

    private static async Task ResetAsync(CliHost host, SkeinClient client, string? name, CancellationToken cancellation)
    {
        if (name is null)
        {
            await client.Operations.ResetConfigAsync(null, cancellation);
            host.Writer.WriteLine("config successfully reset for all nodes");
            return;
        }
        var node = NodeNames.Find(await client.Cluster.GetMapAsync(cancellation), name);
        await client.Operations.ResetConfigAsync(node.Id, cancellation);
        host.Writer.WriteLine(
            $"{node.DisplayName}: inherited config successfully reset to the current cluster-wide defaults");
    }

    private static void RequireChanges(bool changes)
    {
        if (!changes)
        {
            throw new CliException("'show' changes nothing", "'skein config cluster KEY=VALUE' does");
        }
    }

    private static void Write(CliHost host, ParseResult parsed, JsonElement config, string section, string scope = "")
    {
        // A node's own configuration stands below "local_config", what it has of the cluster beside that or in its place.
        const string local = "local_config";
        const string cluster = "cluster_config";
        if (scope == "local" && config.TryGetProperty(local, out var own))
        {
            config = own;
        }
        else if (scope == "inherited" && config.TryGetProperty(cluster, out var inherited))
        {
            config = inherited;
        }
        var part = section.Length == 0 ? config : PropertyTable.Find(config, section) ?? throw new CliException(
            $"invalid section or property \"{section}\"",
            "the sections are " + string.Join(", ", config.EnumerateObject().Select(member => member.Name)));
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(host.Writer, part, CliJsonContext.Output.JsonElement);
            return;
        }
        PropertyTable.Write(
            host,
            PropertyTable.Below(PropertyTable.Flatten(config), section),
            !parsed.GetValue(CommonOptions.NoHeaders));
    }
}
