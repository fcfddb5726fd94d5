using Skein.Core.Wire;

namespace Skein.Cli.Cluster;

/// <summary>What the state flags of a node mean, in AIStore's words.</summary>
internal static class AlertText
{
    /// <summary>What a node shows that raises none.</summary>
    public const string NoAlert = "ok";

    private const ulong Started = NodeStateInfo.ClusterStarted | NodeStateInfo.NodeStarted;

    // By the number of the bit; the first three say where the node is in its start.
    private static readonly string[] Words =
    [
        "vote-in-progress", "", "", "rebalancing", "rebalance-interrupted", "resilvering", "resilver-interrupted",
        "restarted", "OOS", "OOM", "in-maintenance-mode", "low-usable-capacity", "low-memory", "disk-fault",
        "number-of-goroutines", "high-number-of-goroutines", "tls-cert-will-soon-expire", "tls-cert-expired",
        "tls-cert-invalid", "keep-alive-errors", "out-of-cpu", "low-cpu", "disk-OOS", "disk-low-capacity",
    ];

    /// <summary>True for a node that has started and raises nothing.</summary>
    public static bool IsQuiet(ulong flags) => flags == Started;

    /// <summary>The alerts: <c>ok</c>, one word, or several in brackets.</summary>
    public static string Of(ulong flags)
    {
        var words = new List<string>();
        if ((flags & NodeStateInfo.ClusterStarted) == 0)
        {
            words.Add("cluster-not-started-yet");
        }
        if ((flags & NodeStateInfo.NodeStarted) == 0)
        {
            words.Add("node-not-started-yet");
        }
        words.AddRange(Words.Where((word, bit) => word.Length != 0 && (flags >> bit & 1) != 0));
        return words.Count switch
        {
            0 => NoAlert,
            1 => words[0],
            _ => $"[{string.Join(' ', words)}]",
        };
    }
}
