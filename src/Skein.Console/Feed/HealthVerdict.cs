using Skein.Core.Wire;

namespace Skein.Console.Feed;

/// <summary>Judges the cluster: one verdict, each reason with what to do about it. Pure.</summary>
internal static class HealthVerdict
{
    private const string Critical = "critical";
    private const string Warning = "warning";

    /// <summary>Versions that a node may be behind while a change spreads.</summary>
    private const long UsualLag = 2;

    /// <summary>Judges a view whose other parts are there.</summary>
    public static Verdict Judge(ConsoleView view)
    {
        var findings = Find(view).OrderBy(finding => finding.Level == Critical ? 0 : 1).ToList();
        return new Verdict
        {
            Level = findings.Count == 0 ? "ok" : findings[0].Level,
            Findings = findings,
        };
    }

    private static IEnumerable<Finding> Find(ConsoleView view)
    {
        if (view.Cluster.Length == 0)
        {
            yield return new Finding(
                Critical, "This proxy is in no cluster.", "Look at its log: it says which addresses it tries.");
            yield break;
        }
        if (!view.Writable)
        {
            yield return new Finding(
                Critical,
                "This side of the cluster has no majority: nobody here can change anything. What is shown may be old.",
                "Bring back enough voters, or open the console of a proxy on the other side. Only if a majority is gone for "
                    + "good: skein cluster force-primary.");
        }
        foreach (var finding in view.Nodes.SelectMany(OfNode))
        {
            yield return finding;
        }
        foreach (var node in view.Control.Nodes.Where(node => node.Lag > UsualLag && node.State == "online"))
        {
            yield return new Finding(
                Warning, $"{node.Id} is {node.Lag} versions of the control document behind.",
                "It catches up by itself when its control network works.");
        }
        foreach (var voter in view.Control.Voters.Where(voter => voter.IsStale))
        {
            yield return new Finding(
                Warning, $"The vote of {voter.Id} does not count: it came back without its memory.",
                "The primary replaces it by itself; add a proxy if this stays.");
        }
        foreach (var alert in view.Control.Alerts)
        {
            yield return new Finding(Warning, alert, "See the members and their logs.");
        }
        if (!view.Control.Rebalance.IsSettled && view.Control.Rebalance.State != "running")
        {
            yield return new Finding(
                Warning, "Some objects do not lie where the map says, and no rebalance runs.",
                "Bring back the targets that are down, or start a rebalance under Jobs.");
        }
    }

    private static IEnumerable<Finding> OfNode(NodeView node)
    {
        if (node.State.Contains("down", StringComparison.Ordinal))
        {
            yield return new Finding(
                Critical, $"{Role(node)} {node.Id} is down.", "Start it again, or decommission it if it is gone for good.");
            yield break;
        }
        if (!node.Answers && !node.State.Contains("maintenance", StringComparison.Ordinal))
        {
            yield return new Finding(
                Warning, $"{Role(node)} {node.Id} does not answer this proxy.", "Look at its process and at its network.");
        }
        foreach (var (flag, level, text, fix) in Flags)
        {
            if ((node.Flags & flag) != 0)
            {
                yield return new Finding(level, $"{Role(node)} {node.Id}: {text}.", fix);
            }
        }
        if (node.State is not "online" && !node.State.Contains("down", StringComparison.Ordinal))
        {
            yield return new Finding(
                Warning, $"{Role(node)} {node.Id} is out of service: {node.State}.",
                "Bring it back under Members, if it should serve.");
        }
        if (node.Problem.Length != 0)
        {
            yield return new Finding(
                Warning, $"{Role(node)} {node.Id}: {node.Problem}.", "Add disks or targets, or remove objects.");
        }
    }

    private static readonly (ulong Flag, string Level, string Text, string Fix)[] Flags =
    [
        (NodeStateInfo.OutOfSpace, Critical, "a mountpath is full and takes no objects",
            "Add disks or targets, or remove objects."),
        (NodeStateInfo.DiskFault, Critical, "a disk fails and is out of service",
            "Replace the disk and attach it: skein storage mountpath attach."),
        (NodeStateInfo.LowCapacity, Warning, "a mountpath is nearly full", "Add disks or targets, or remove objects."),
        (NodeStateInfo.ResilverInterrupted, Warning, "moving objects between its disks was cut off",
            "Start a resilver under Jobs."),
    ];

    private static string Role(NodeView node) => node.Role == "proxy" ? "Proxy" : "Target";
}
