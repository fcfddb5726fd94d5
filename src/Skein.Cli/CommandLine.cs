using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using Skein.Cli.Archives;
using Skein.Cli.Bench;
using Skein.Cli.Cluster;
using Skein.Cli.Commands;
using Skein.Cli.Completion;
using Skein.Cli.Config;
using Skein.Cli.Jobs;
using Skein.Cli.Nodes;
using Skein.Cli.Objects;
using Skein.Cli.Output;
using Skein.Cli.Performance;
using Skein.Cli.Storage;

namespace Skein.Cli;

/// <summary>The tree of commands, and how one is run.</summary>
internal static class CommandLine
{
    /// <summary>Version of the product.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">The command line without the name of the program.</param>
    /// <param name="host">The machine.</param>
    /// <param name="cancellation">Ends the command early.</param>
    /// <returns>0 on success, 1 on failure and on wrong usage, 130 when interrupted.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CliHost host, CancellationToken cancellation = default)
    {
        try
        {
            var settings = CliSettings.Load(host);
            return await RunAsync(Aliases.Expand(arguments, settings), settings, host, cancellation);
        }
        catch (Exception e) when (ErrorText.TryWrite(host, e))
        {
            return 1;
        }
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, CliSettings cli, CliHost host, CancellationToken cancellation)
    {
        var parsed = Parse(host, arguments);
        var units = parsed.GetResult(CommonOptions.Units) is { Implicit: false } ? parsed.GetValue(CommonOptions.Units)
            : (SizeUnits)Math.Max(0, CommonOptions.UnitWords.ToList().IndexOf(cli.Units));
        if (parsed.Errors.Count == 0 && units != host.Units)
        {
            // The commands hold the host: for other units the tree is built anew.
            host = host with { Units = units };
            parsed = Parse(host, arguments);
        }
        if (parsed.Action is not (HelpPrinter or VersionPrinter) && parsed.Errors.Count != 0)
        {
            var command = parsed.CommandResult.Command;
            if (command.Subcommands.Count != 0 && command.Action is null && parsed.UnmatchedTokens.Count == 0)
            {
                return new HelpPrinter(host).Invoke(parsed);
            }
            UsageError.Write(host, parsed);
            return 1;
        }
        var settings = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            Output = host.Writer,
            Error = host.Error.Profile.Out.Writer,
        };
        try
        {
            return await parsed.InvokeAsync(settings, cancellation);
        }
        catch (OperationCanceledException)
        {
            host.Error.Profile.Out.Writer.WriteLine("Interrupted.");
            host.Interruption.Write(host.Error.Profile.Out.Writer);
            return 130;
        }
    }

    private static ParseResult Parse(CliHost host, IReadOnlyList<string> arguments) =>
        Create(host).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>Builds the tree.</summary>
    public static RootCommand Create(CliHost host)
    {
        CommandTree.Begin();
        var root = new RootCommand("Command line of the Skein object store")
        {
            ShowCommands.Create(host),
            ClusterCommands.Create(host),
            BucketCommands.Create(host),
            ObjectCommands.Create(host),
            StorageCommands.Create(host),
            ArchiveCommands.Create(host),
            BucketCommands.Creation(host, "create"),
            BucketCommands.Removal(host, "rmb"),
            ListCommand.Create(host, "ls"),
            PutCommand.Create(host, "put"),
            GetCommand.Create(host, "get"),
            RemoveObjectsCommand.Create(host, "rmo"),
            BucketJobCommands.Copy(host, "skein cp"),
            RemoteObjectCommands.Prefetch(host, "skein prefetch"),
            RemoteObjectCommands.Evict(host, "skein evict"),
            RemoteObjectCommands.FetchLarge(host, "skein blob-download"),
            SortCommands.Start(host, "skein dsort"),
            ConfigCommands.Create(host),
            PerformanceCommands.Create(host, "performance", "skein performance", withShow: true),
            LogCommands.Create(host),
            RemoteClusterCommands.Create(host),
            AliasCommands.Create(host),
            SearchCommand.Create(host),
            NotServedCommands.Etl(host),
            NotServedCommands.Auth(host),
            CompletionCommand.Create(host),
            CompletionCommand.Complete(host),
            HelpCommand(host),
            JobCommands.Create(host),
            JobCommands.Start(host, "skein start"),
            JobCommands.Stop(host, "skein stop"),
            JobCommands.WaitFor(host, "skein wait"),
            AdvancedCommands.Create(host),
            BenchCommand.Create(host),
            PlaygroundCommands.Create(host),
        };
        root.HelpName = host.Program;
        root.Options.Add(CommonOptions.Endpoint);
        root.Options.Add(CommonOptions.Units);
        foreach (var option in root.Options)
        {
            if (option is HelpOption help)
            {
                help.Description = "Show help and examples";
                help.Action = new HelpPrinter(host);
            }
            else if (option is VersionOption version)
            {
                version.Description = "Show the version";
                version.Action = new VersionPrinter(host);
            }
        }
        return root;
    }

    private static DocumentedCommand HelpCommand(CliHost host)
    {
        var words = new Argument<string[]>("COMMAND") { Description = "A command", Arity = ArgumentArity.ZeroOrMore };
        var command = new DocumentedCommand("help", "Show the help of a command", "skein help bucket create") { words };
        command.SetAction((parsed, cancellation) =>
            RunAsync([.. parsed.GetValue(words) ?? [], "--help"], host, cancellation));
        return command;
    }
}
