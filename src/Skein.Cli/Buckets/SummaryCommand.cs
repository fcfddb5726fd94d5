using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Buckets;

/// <summary><c>skein bucket summary</c>, which is also <c>storage summary</c>, and <c>ls --summary</c>.</summary>
internal static class SummaryCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Create(CliHost host, string shown)
    {
        var bucket = new Argument<string?>("BUCKET")
        {
            Description = "Bucket, or a provider as ais:; all buckets without it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prefix = new Option<string?>("--prefix") { Description = "Only names that begin with this", HelpName = "P" };
        var command = new DocumentedCommand(
            "summary",
            "Count the objects of buckets, and how large they are",
            shown,
            $"{shown} ais://photos --prefix 2026/",
            $"{shown} ais: --refresh 10")
        {
            bucket, prefix, RepeatOptions.Refresh, RepeatOptions.Count, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            return await RepeatOptions.RunAsync(
                host, parsed,
                async () =>
                {
                    var sums = await SumsAsync(client, parsed.GetValue(bucket), parsed.GetValue(prefix) ?? "", cancellation);
                    Write(host, parsed, sums, Table);
                    return true;
                },
                cancellation);
        });
        return command;
    }

    /// <summary>The sums of what a person named.</summary>
    /// <exception cref="CliException">When it is no bucket.</exception>
    public static async Task<IReadOnlyList<BucketSummary>> SumsAsync(
        SkeinClient client, string? what, string prefix, CancellationToken cancellation)
    {
        if (what is null || BucketScope.TryParse(what) is not null)
        {
            var scope = what is null ? null : BucketScope.TryParse(what);
            var all = await client.BucketJobs.SummarizeAsync(null, prefix, cancellation);
            return [.. all.Where(sum => scope?.Holds(NameOf(sum)) ?? true)];
        }
        var bucket = BucketCommands.Parse(what, out var start);
        return await client.BucketJobs.SummarizeAsync(bucket, start + prefix, cancellation);
    }

    /// <summary>Prints sums.</summary>
    public static void Write(
        CliHost host, ParseResult parsed, IReadOnlyList<BucketSummary> sums,
        Action<CliHost, IReadOnlyList<BucketSummary>, bool> table)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(host.Writer, [.. sums], CliJsonContext.Output.ListBucketSummary);
            return;
        }
        table(host, sums, !parsed.GetValue(CommonOptions.NoHeaders));
    }

    /// <summary>The table of <c>ls --summary</c>: fewer columns, and a total.</summary>
    public static void ListTable(CliHost host, IReadOnlyList<BucketSummary> sums, bool headings)
    {
        var table = new TextTable().Add("NAME").Add("PRESENT", optional: true).Add("OBJECTS")
            .Add("SIZE (apparent, objects, remote)").Add("USAGE(%)");
        foreach (var sum in sums)
        {
            table.Row(
                NameOf(sum).ToString(), "yes", Text($"{sum.Count.Present} {sum.Count.Remote}"),
                $"{host.Size(sum.Totals.OnDisk)} {host.Size(sum.Totals.Present)} {host.Size(sum.Totals.Remote)}",
                Text($"{sum.UsedPercent}%"));
        }
        table.Write(host.Writer, host.Width, headings);
        if (!headings || sums.Count < 2)
        {
            return;
        }
        var groups = sums.GroupBy(sum => sum.Provider)
            .Select(group => Text($"{group.Key.ToUpperInvariant()} buckets: {group.Count()}"));
        host.Writer.WriteLine(
            Text($"Total: [{string.Join(", ", groups)}, objects {sums.Sum(sum => sum.Count.Present)}")
            + Text($"({sums.Sum(sum => sum.Count.Remote)}), apparent size {host.Size(sums.Sum(sum => sum.Totals.OnDisk))}, ")
            + Text($"used capacity {sums.Sum(sum => sum.UsedPercent)}%] ========"));
    }

    private static void Table(CliHost host, IReadOnlyList<BucketSummary> sums, bool headings)
    {
        var table = new TextTable().Add("NAME").Add("OBJECTS (cached, remote)")
            .Add("OBJECT SIZES (min, avg, max)", optional: true).Add("TOTAL OBJECT SIZE (cached, remote)").Add("USAGE(%)");
        foreach (var sum in sums)
        {
            var sizes = sum.Sizes;
            table.Row(
                NameOf(sum).ToString(),
                Text($"{sum.Count.Present} {sum.Count.Remote}"),
                $"{host.Size(sizes.Smallest),-10} {host.Size(sizes.Average),-10} {host.Size(sizes.Largest)}",
                $"{host.Size(sum.Totals.Present)} {host.Size(sum.Totals.Remote)}",
                Text($"{sum.UsedPercent}%"));
        }
        table.Write(host.Writer, host.Width, headings);
    }

    private static BucketName NameOf(BucketSummary sum) =>
        new(sum.Name, sum.Provider, new BucketNamespace(sum.Namespace.Uuid, sum.Namespace.Name));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
