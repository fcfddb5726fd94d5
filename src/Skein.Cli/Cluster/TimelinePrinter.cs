using System.Globalization;
using System.Text.Json;
using Skein.Cli.Output;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>Shows the timeline of the cluster, and the difference between two of its versions.</summary>
/// <param name="host">Where to write.</param>
/// <param name="headings">False to leave the headings out.</param>
internal sealed class TimelinePrinter(CliHost host, bool headings)
{
    private const int LeastWhat = 24;
    private const string Cut = "...";

    /// <summary>Shows the timeline, oldest first.</summary>
    public void Write(TimelineReply timeline)
    {
        var table = new TextTable("-")
            .Add("VERSION").Add("TERM").Add("WHEN (UTC)").Add("WHO").Add("WHAT").Add("WHY", optional: true);
        var taken = 7 + 2 + 4 + 2 + 19 + 2 + 2
            + timeline.Entries.Select(item => item.Who.Length).DefaultIfEmpty(0).Max();
        var room = host.Width is { } width ? Math.Max(LeastWhat, width - taken) : int.MaxValue;
        foreach (var item in timeline.Entries)
        {
            if (item.IsGap)
            {
                table.Row(
                    item.Version == item.MissingTo ? Text($"{item.Version}") : Text($"{item.Version}-{item.MissingTo}"),
                    "", "", "", Shorten("(not kept by any proxy)", room), "");
                continue;
            }
            table.Row(
                Text($"{item.Version}"), Text($"{item.Term}"), When(item.Time), item.Who, Shorten(item.What, room), item.Why);
        }
        table.Write(host.Writer, host.Width, headings);
        if (!timeline.IsFromPrimary)
        {
            ErrorText.Warn(host, $"{timeline.Node} answers, which does not lead: the newest changes may be missing");
        }
    }

    /// <summary>Shows what differs: a line that begins with <c>-</c> is before, one with <c>+</c> after.</summary>
    public void Write(TimelineDiff diff)
    {
        if (headings)
        {
            host.Writer.WriteLine($"--- {Title(diff.From)}");
            host.Writer.WriteLine($"+++ {Title(diff.To)}");
        }
        foreach (var change in diff.Changes)
        {
            host.Writer.WriteLine(change.Path);
            if (change.Before is { } before)
            {
                host.Writer.WriteLine("  - " + Json(before));
            }
            if (change.After is { } after)
            {
                host.Writer.WriteLine("  + " + Json(after));
            }
        }
        if (diff.IsTruncated)
        {
            ErrorText.Warn(host, "there are more differences than are shown");
        }
    }

    private static string Json(JsonElement value) => value.GetRawText();

    private static string Title(TimelineItem item) =>
        Text($"version {item.Version}, term {item.Term}, {When(item.Time)}, {item.Who}: {item.What}");

    private static string When(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Shorten(string text, int room) =>
        text.Length <= room ? text : text[..(room - Cut.Length)] + Cut;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
