using System.Globalization;
using Skein.Cli.Output;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>Shows how the control plane is: who leads, who votes, who is behind.</summary>
/// <param name="host">Where to write.</param>
/// <param name="control">The state.</param>
internal sealed class ControlPrinter(CliHost host, ControlStatus control)
{
    private const int Indent = 20;

    /// <summary>Shows everything: a table of all nodes, and the lines of <see cref="Summary"/>.</summary>
    public void Write(bool headings)
    {
        var table = new TextTable("-")
            .Add("NODE").Add("STATE").Add("VOTE").Add("HOLDS").Add("LAG").Add("LAST HEARD").Add("LEASE", optional: true);
        foreach (var node in control.Nodes)
        {
            table.Row(
                Name(node.Id) + (node.Id == control.Primary ? "[P]" : ""), node.State, Vote(node.Id), node.Holds,
                node.Lag < 0 ? "" : Text($"{node.Lag}"), Since(node.LastHeard),
                node.Lease == 0 ? "" : SizeText.Duration(TimeSpan.FromMilliseconds(node.Lease)));
        }
        table.Write(host.Writer, host.Width, headings);
        if (headings)
        {
            host.Writer.WriteLine();
            Summary(withVoters: false);
        }
    }

    /// <summary>Shows who leads, and, if wished, who votes.</summary>
    public void Summary(bool withVoters)
    {
        host.Writer.WriteLine("Control plane:");
        Line("Leader", control.Primary.Length == 0 ? "none" : Text($"{Name(control.Primary)}, term {control.Term}"));
        if (!control.IsFromPrimary)
        {
            Line("Seen from", $"{Name(control.Node)}, which does not lead: it may be behind");
        }
        Line("Document", Text($"version {control.Version} ({control.Stamp})"));
        if (control.QuorumAge >= 0)
        {
            Line("Majority", $"confirmed {SizeText.Duration(TimeSpan.FromMilliseconds(control.QuorumAge))} ago");
        }
        var first = "Voters";
        foreach (var voter in withVoters ? control.Voters : [])
        {
            Line(first, $"{Name(voter.Id)}, {Describe(voter)}");
            first = "";
        }
        first = "Alerts";
        foreach (var alert in control.Alerts.Count == 0 ? ["none"] : control.Alerts)
        {
            foreach (var line in Wrap(alert))
            {
                Line(first, line);
                first = "";
            }
        }
    }

    private void Line(string name, string text) =>
        host.Writer.WriteLine(("   " + (name.Length == 0 ? "" : name + ":")).PadRight(Indent) + text);

    private IEnumerable<string> Wrap(string text)
    {
        var room = Math.Max(20, (host.Width ?? int.MaxValue) - Indent);
        while (text.Length > room)
        {
            var end = text.LastIndexOf(' ', room);
            end = end <= 0 ? room : end;
            yield return text[..end];
            text = text[end..].TrimStart();
        }
        yield return text;
    }

    private string Describe(ControlVoter voter)
    {
        var words = new List<string>();
        if (voter.Id == control.Primary)
        {
            words.Add("leads");
        }
        if (voter.IsWitness)
        {
            words.Add("witness");
        }
        if (voter.IsStale)
        {
            words.Add("has lost its state, gets its vote anew");
        }
        else if (voter.Lag >= 0 && voter.Id != control.Primary)
        {
            words.Add(voter.Lag == 0 ? "up to date" : Text($"{voter.Lag} behind"));
        }
        if (voter.LastHeard >= 0 && voter.Id != control.Primary)
        {
            words.Add($"heard {Since(voter.LastHeard)} ago");
        }
        return words.Count == 0 ? "not known" : string.Join(", ", words);
    }

    private string Vote(string id) => control.Voters.FirstOrDefault(voter => voter.Id == id) switch
    {
        null => "",
        { IsStale: true } => "stale",
        { IsWitness: true } => "witness",
        _ => id == control.Primary ? "leads" : "votes",
    };

    private string Name(string id) => control.Nodes.FirstOrDefault(node => node.Id == id) is { } node
        ? (node.Role == NodeRoles.Proxy ? "p[" : "t[") + id + "]"
        : id;

    private static string Since(long milliseconds) =>
        milliseconds < 0 ? "" : SizeText.Duration(TimeSpan.FromMilliseconds(milliseconds));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
