using System.Globalization;
using System.Text.Json;
using Skein.Cli.Output;

namespace Skein.Cli.Playground;

/// <summary>Shows playgrounds to people and to programs.</summary>
/// <param name="host">Where to write.</param>
internal sealed class PlaygroundPrinter(CliHost host)
{
    /// <summary>Shows a playground that has come up, and what to try next.</summary>
    public void Up(PlaygroundReport report, TimeSpan elapsed, bool json)
    {
        if (json)
        {
            Json(report);
            return;
        }
        var proxies = report.Nodes.Count(node => node.Role == Core.Nodes.NodeRoles.Proxy);
        host.Writer.WriteLine(
            $"Playground is up: {Count(proxies, "proxy", "proxies")}, "
                + $"{Count(report.Nodes.Count - proxies, "target", "targets")}, ready in {SizeText.Duration(elapsed)}");
        host.Writer.WriteLine();
        Table(report);
        host.Writer.WriteLine();
        host.Writer.WriteLine("Endpoint:  " + report.Endpoint);
        host.Writer.WriteLine("Cluster:   " + report.Uuid);
        host.Writer.WriteLine("Folder:    " + report.Directory);
        host.Writer.WriteLine();
        host.Writer.WriteLine("Try next:");
        if (!PlaygroundFinder.RunningEndpoints(host).Contains(report.Endpoint))
        {
            host.Writer.WriteLine($"  export SKEIN_ENDPOINT={report.Endpoint}");
        }
        foreach (var line in (string[])[
            "skein show cluster", "skein create ais://demo", "skein put FILE ais://demo", "skein ls ais://demo",
            "skein playground add target", "skein playground kill target01", "skein playground down --rm"])
        {
            host.Writer.WriteLine("  " + line);
        }
    }

    /// <summary>Shows the nodes.</summary>
    public void Status(PlaygroundReport report, bool json)
    {
        if (json)
        {
            Json(report);
            return;
        }
        Table(report);
        host.Writer.WriteLine();
        host.Writer.WriteLine("Endpoint:  " + report.Endpoint);
        host.Writer.WriteLine("Cluster:   " + (report.Uuid.Length == 0 ? "not formed" : report.Uuid));
        host.Writer.WriteLine("Folder:    " + report.Directory);
    }

    /// <summary>Says what has been done to a node.</summary>
    public void Changed(PlaygroundNode node, string verb, TimeSpan elapsed, bool json)
    {
        if (json)
        {
            host.Writer.WriteLine(JsonSerializer.Serialize(node, PlaygroundJsonContext.Default.PlaygroundNode));
            return;
        }
        var process = node.Pid == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (process {node.Pid})");
        host.Writer.WriteLine($"{node.Id} {verb}{process} in {SizeText.Duration(elapsed)}");
    }

    private static string Count(int number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many)}");

    private void Json(PlaygroundReport report) =>
        host.Writer.WriteLine(JsonSerializer.Serialize(report, PlaygroundJsonContext.Default.PlaygroundReport));

    private void Table(PlaygroundReport report)
    {
        var table = new TextTable().Add("NODE").Add("ROLE").Add("STATUS").Add("PID").Add("MEMORY").Add("PUBLIC URL");
        foreach (var node in report.Nodes)
        {
            table.Row(
                node.Id + (node.Id == report.Primary ? " [P]" : ""),
                node.Role,
                node.Status,
                node.Pid == 0 ? "-" : node.Pid.ToString(CultureInfo.InvariantCulture),
                node.Memory == 0 ? "-" : host.Size(node.Memory),
                node.PublicUrl);
        }
        table.Write(host.Writer, host.Width);
    }
}
