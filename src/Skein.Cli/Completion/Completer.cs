using System.CommandLine;
using System.CommandLine.Completions;
using Skein.Cli.Commands;
using Skein.Cli.Config;
using Skein.Client;
using Skein.Core.Jobs;

namespace Skein.Cli.Completion;

/// <summary>
/// Finds the words that may follow on a command line: subcommands, options, kinds of jobs, and from the cluster the names
/// of nodes and buckets. Whatever fails means that there is nothing to offer: a shell must not be disturbed.
/// </summary>
/// <param name="host">The machine.</param>
internal sealed class Completer(CliHost host)
{
    private const int MaxWords = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Finds them.</summary>
    /// <param name="line">The command line with the program, up to the cursor.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>At most <see cref="MaxWords"/>, in bytewise order.</returns>
    public async Task<IReadOnlyList<string>> FindAsync(string line, CancellationToken cancellation)
    {
        try
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
            var typed = line.EndsWith(' ') || words.Count == 0 ? "" : words[^1];
            var before = typed.Length == 0 ? words : words[..^1];
            var settings = CliSettings.Load(host);
            var parsed = CommandLine.Create(host).Parse([.. Aliases.Expand(before, settings)]);
            if (parsed.UnmatchedTokens.Count != 0)
            {
                return [];
            }
            var found = typed.StartsWith('-')
                ? Options(parsed.CommandResult.Command)
                : await WordsAsync(parsed, before, settings, cancellation);
            return
            [
                .. found.Where(word => word.StartsWith(typed, StringComparison.Ordinal)).Distinct()
                    .Order(StringComparer.Ordinal).Take(MaxWords),
            ];
        }
        catch (Exception e) when (e is CliException or SkeinException or IOException or OperationCanceledException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Options(Command command) => command.Options
        .Concat(command.Parents.OfType<Command>().SelectMany(Above).Where(option => option.Recursive))
        .Where(option => !option.Hidden).Select(option => option.Name);

    private static IEnumerable<Option> Above(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(Above));

    private async Task<IEnumerable<string>> WordsAsync(
        ParseResult parsed, List<string> before, CliSettings settings, CancellationToken cancellation)
    {
        var command = parsed.CommandResult.Command;
        if (before is [.., "--units"])
        {
            return CommonOptions.UnitWords;
        }
        var commands = command.Subcommands.Where(next => !next.Hidden).Select(next => next.Name);
        if (command is RootCommand)
        {
            return commands.Concat(settings.Aliases.Keys);
        }
        // The argument that the next word belongs to: the first with room.
        var arguments = command.Arguments.Where(argument =>
            (parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MaximumNumberOfValues);
        var next = arguments.FirstOrDefault();
        var name = next?.Name ?? "";
        var words = (next?.GetCompletions(CompletionContext.Empty) ?? []).Select(item => item.InsertText ?? item.Label);
        return commands.Concat(words).Concat(await LiveAsync(name, parsed, cancellation));
    }

    private async Task<IEnumerable<string>> LiveAsync(string name, ParseResult parsed, CancellationToken cancellation)
    {
        var kinds = name.Contains("KIND", StringComparison.Ordinal)
            ? JobKinds.All.Select(kind => kind.DisplayName) : [];
        var nodes = Contains("NODE", "TARGET", "PROXY");
        var buckets = Contains("BUCKET", "SRC", "DST");
        if (!nodes && !buckets)
        {
            return kinds;
        }
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(Patience);
        using var client = EndpointFinder.Connect(host, parsed);
        if (buckets)
        {
            kinds = kinds.Concat((await client.Buckets.ListAsync(null, time.Token)).Select(bucket => bucket.ToString()));
        }
        if (nodes)
        {
            var map = await client.Cluster.GetMapAsync(time.Token);
            var proxies = Contains("NODE", "PROXY") ? map.Proxies.Keys : (IEnumerable<string>)[];
            var targets = Contains("NODE", "TARGET") ? map.Targets.Keys : (IEnumerable<string>)[];
            kinds = kinds.Concat(proxies).Concat(targets);
        }
        return kinds;

        bool Contains(params string[] words) => words.Any(word => name.Contains(word, StringComparison.Ordinal));
    }
}
