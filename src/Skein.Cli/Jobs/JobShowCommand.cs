using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Cli.Jobs;

/// <summary><c>skein show job</c>, which is also <c>job show</c>, and <c>skein show rebalance</c>.</summary>
internal static class JobShowCommand
{
    private static readonly PerTree<Option<string?>> RegexOption = new(
        () => CommonOptions.Regex("Only jobs whose kind or id matches; of distributed sorts, whose description does"));

    private static readonly PerTree<Option<bool>> AllOption = new(
        () => new("--all", "-a") { Description = "Also show jobs that have ended" });

    private static Option<string?> Regex => RegexOption.Value;

    private static Option<bool> All => AllOption.Value;

    /// <summary>Builds <c>show job</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="name">Name of the command.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Create(CliHost host, string name, string shown)
    {
        var words = JobWords.Argument(
            "KIND ID NODE", "Kind, id and target of the jobs to show, each may be left out", required: false);
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Of distributed sorts also how long each phase took" };
        var command = new DocumentedCommand(
            name,
            "Show jobs: rebalance, resilver, cleanup, copies and other long operations",
            shown + "                       # what runs",
            shown + " --all                 # and what has ended",
            shown + " copy-bucket --all",
            shown + " resilver --refresh 2  # again every two seconds",
            shown + " Gx7k2Tq0b target01",
            shown + " dsort --all --regex \"^sort (.*)\"",
            shown + " --all --json | jq 'map_values(map(.kind))'")
        {
            words, All, Regex, verbose, RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var which = await JobWords.ReadAsync(client, parsed.GetValue(words) ?? [], cancellation);
            return await RepeatOptions.RunAsync(
                host, parsed,
                () => which.Kind == JobKinds.Sort
                    ? SortsAsync(host, parsed, client, which, parsed.GetValue(verbose), cancellation)
                    : ShowAsync(host, parsed, client, which, cancellation),
                cancellation);
        });
        return command;
    }

    /// <summary>Builds <c>show rebalance</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="name">Name of the command.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Rebalance(CliHost host, string name, string shown)
    {
        var command = new DocumentedCommand(
            name,
            "Show how far the rebalance of the cluster is",
            shown,
            shown + " --all      # and those that have ended",
            shown + " --refresh",
            shown + " --json")
        {
            All, RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        var which = new JobWords(JobKinds.Rebalance, "", null);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            return await RepeatOptions.RunAsync(
                host, parsed, () => ShowAsync(host, parsed, client, which, cancellation), cancellation);
        });
        return command;
    }

    // Distributed sorts have a table of their own.
    private static async Task<bool> SortsAsync(
        CliHost host, ParseResult parsed, SkeinClient client, JobWords which, bool verbose, CancellationToken cancellation)
    {
        var printer = new SortPrinter(host, !parsed.GetValue(CommonOptions.NoHeaders));
        var json = parsed.GetValue(CommonOptions.Json);
        if (which.Id.Length != 0)
        {
            var targets = await client.Sorts.GetAsync(which.Id, cancellation);
            var isRunning = targets.Values.Any(one => !one.IsArchived);
            if (which.Node is { } node)
            {
                var only = targets.TryGetValue(node.Id, out var own)
                    ? own
                    : throw new CliException($"{node.DisplayName} has no part in {which.Shown}");
                targets = new(StringComparer.Ordinal) { [node.Id] = only };
            }
            printer.One(which.Id, targets, json);
            return isRunning;
        }
        var sorts = await client.Sorts.ListAsync(
            parsed.GetResult(Regex) is null ? "" : parsed.GetValue(Regex) ?? "", !parsed.GetValue(All), cancellation);
        if (sorts.Count == 0 && !json)
        {
            return await NothingAsync(host, parsed, client, which, cancellation);
        }
        printer.List(sorts, verbose, json);
        return sorts.Any(sort => !sort.IsArchived);
    }

    /// <returns>True when something of it runs.</returns>
    private static async Task<bool> ShowAsync(
        CliHost host, ParseResult parsed, SkeinClient client, JobWords which, CancellationToken cancellation)
    {
        // Who names an id wants to see that job, ended or not.
        var active = parsed.GetValue(All) || which.Id.Length != 0 ? (bool?)null : true;
        var snaps = await client.Jobs.GetSnapsAsync(which.Message with { ShowActive = active }, cancellation);
        if (CommonOptions.ReadRegex(parsed.GetResult(Regex) is null ? null : parsed.GetValue(Regex)) is { } regex)
        {
            foreach (var (target, list) in snaps.ToList())
            {
                snaps[target] = [.. list.Where(snap => regex.IsMatch(snap.Kind) || regex.IsMatch(snap.Id))];
            }
        }
        var isRunning = snaps.Values.Any(list => list.Any(snap => snap.IsRunning));
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(host.Writer, snaps, CliJsonContext.Output.SortedDictionaryStringIReadOnlyListJobSnap);
            return isRunning;
        }
        var shown = snaps
            .SelectMany(target => target.Value.Select(snap => new JobOnTarget(target.Key, snap)))
            .ToList();
        var printer = new JobPrinter(host, !parsed.GetValue(CommonOptions.NoHeaders));
        if (shown.Count == 0)
        {
            return await NothingAsync(host, parsed, client, which, cancellation);
        }
        if (which.Kind == JobKinds.Rebalance)
        {
            printer.Rebalances(shown);
        }
        else
        {
            printer.Jobs(shown);
        }
        return isRunning;
    }

    private static async Task<bool> NothingAsync(
        CliHost host, ParseResult parsed, SkeinClient client, JobWords which, CancellationToken cancellation)
    {
        var hint = parsed.GetValue(All) ? "" : " Use '--all' to show history, '--help' for details.";
        if (which.Kind != JobKinds.Rebalance)
        {
            host.Writer.WriteLine(parsed.GetValue(All) ? "No jobs." : "No running jobs." + hint);
            return false;
        }
        // The cluster may have begun one of which no target knows yet.
        var status = await client.Jobs.FindStatusAsync(
            new JobMessage { Kind = JobKinds.Rebalance.Name, Id = which.Id }, cancellation);
        if (status is { EndTime: 0 })
        {
            host.Writer.WriteLine($"Global rebalance {status.Id} is running; no target has begun to move objects.");
            return true;
        }
        host.Writer.WriteLine("Global rebalance is not running." + hint);
        return false;
    }
}
