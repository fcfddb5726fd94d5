using System.Globalization;
using Skein.Cli.Output;
using Skein.Core.Sorting;

namespace Skein.Cli.Jobs;

/// <summary>Shows distributed sorts, with AIStore's columns.</summary>
/// <param name="host">Where to write.</param>
/// <param name="headings">False to leave the headings out.</param>
internal sealed class SortPrinter(CliHost host, bool headings)
{
    private const string None = "-";

    /// <summary>Writes a table of sorts: those that run, those that have ended, those that were aborted.</summary>
    /// <param name="sorts">The sorts.</param>
    /// <param name="verbose">True for how long the phases took, below each.</param>
    /// <param name="json">True for JSON.</param>
    public void List(IEnumerable<SortJobInfo> sorts, bool verbose, bool json)
    {
        List<SortJobInfo> ordered =
            [.. sorts.OrderBy(sort => sort.IsArchived).ThenBy(sort => sort.IsAborted).ThenBy(sort => sort.StartedTime)];
        if (json)
        {
            CliJsonContext.Write(host.Writer, ordered, CliJsonContext.Output.ListSortJobInfo);
            return;
        }
        if (!verbose)
        {
            Table(ordered);
            return;
        }
        foreach (var sort in ordered)
        {
            Table([sort]);
            Property("Total Extracted Bytes:", sort.Bytes == 0 ? None : host.Size(sort.Bytes));
            Property("Extraction Time:", Duration(sort.ExtractionNanoseconds));
            Property("Sorting Time:", Duration(sort.SortingNanoseconds));
            Property("Creation Time:", Duration(sort.CreationNanoseconds));
            Property("Description:", sort.Metrics.Description);
            host.Writer.WriteLine();
        }
    }

    /// <summary>Writes how one sort stands: all targets together, and the longest time that each phase took on one.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="targets">How it stands, by target; at least one.</param>
    /// <param name="json">True for JSON: what each target has measured.</param>
    public void One(string id, SortedDictionary<string, SortJobInfo> targets, bool json)
    {
        if (json)
        {
            var metrics = new SortedDictionary<string, SortMetrics>(
                targets.ToDictionary(target => target.Key, target => target.Value.Metrics), StringComparer.Ordinal);
            CliJsonContext.Write(host.Writer, metrics, CliJsonContext.Output.SortedDictionaryStringSortMetrics);
            return;
        }
        var sort = targets.Values.Aggregate((all, one) => all.With(one));
        Table([sort]);
        host.Writer.WriteLine($"DESCRIPTION: [{sort.Metrics.Description}]");
        if (sort.IsAborted)
        {
            host.Writer.WriteLine($"dsort[{id}] aborted.");
            foreach (var error in targets.Values.SelectMany(target => target.Metrics.Errors ?? []).Distinct())
            {
                host.Writer.WriteLine("  " + error);
            }
            return;
        }
        host.Writer.WriteLine(sort.IsArchived
            ? $"dsort[{id}] successfully finished in {SizeText.Duration(sort.FinishTime - sort.StartedTime)}:"
            : $"dsort[{id}] is currently running:");
        Property("Longest extraction:", Duration(sort.ExtractionNanoseconds));
        Property("Longest sorting:", Duration(sort.SortingNanoseconds));
        Property("Longest creation:", Duration(sort.CreationNanoseconds));
    }

    private void Table(IEnumerable<SortJobInfo> sorts)
    {
        var table = new TextTable(None)
            .Add("JOB ID").Add("STATUS").Add("START", optional: true).Add("FINISH", optional: true)
            .Add("SRC BUCKET").Add("DST BUCKET").Add("SRC SHARDS", optional: true);
        foreach (var sort in sorts)
        {
            table.Row(
                sort.Id, sort.IsAborted ? "Aborted" : sort.IsArchived ? "Finished" : "Running",
                JobPrinter.Time(host, sort.StartedTime), JobPrinter.Time(host, sort.FinishTime),
                sort.Source.ToName().ToString(), sort.Destination.ToName().ToString(),
                sort.Objects == 0 ? None : sort.Objects.ToString(CultureInfo.InvariantCulture));
        }
        table.Write(host.Writer, host.Width, headings);
    }

    private void Property(string name, string? value) =>
        host.Writer.WriteLine($"  {name,-24}{(string.IsNullOrEmpty(value) ? None : value)}");

    private static string Duration(long nanoseconds) =>
        nanoseconds == 0 ? None : SizeText.Duration(TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick));
}
