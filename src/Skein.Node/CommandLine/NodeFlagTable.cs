using System.Globalization;
using Skein.Core.Nodes;

namespace Skein.Node.CommandLine;

/// <summary>The table of flags.</summary>
internal static class NodeFlagTable
{
    /// <summary>Most mountpaths under a data folder.</summary>
    public const int MaxMountpaths = 64;

    /// <summary>Every flag, in the order of the help.</summary>
    public static IReadOnlyList<NodeFlag> All { get; } =
    [
        new("role", "proxy|target", "Role of this node. Required.", (o, v) => o with { Role = ParseRole(v) }),
        new("daemon_id", "ID", "Id of this node, 8 to 32 letters, digits, - and _; made up when not given.",
            (o, v) => o with { DaemonId = ParseId(v) }),
        new("config", "FILE", "Cluster configuration (AIStore's JSON); compiled defaults when not given.",
            (o, v) => o with { ConfigFile = v }),
        new("local_config", "FILE", "Configuration of this node (AIStore's JSON); or use -data.",
            (o, v) => o with { LocalConfigFile = v }),
        new("config_custom", "K=V,K=V", "Overrides of the cluster configuration for this node.",
            (o, v) => o with { ConfigCustom = v }),
        Switch("transient", "Do not keep -config_custom for the next start.", (o, on) => o with { Transient = on }),
        new("data", "DIR", "Folder for a node without -local_config: DIR/conf, DIR/log, and DIR/mp1 for a target.",
            (o, v) => o with { DataDirectory = v }),
        new("mountpaths", "N", "With -data: number of mountpaths DIR/mp1 to DIR/mpN (1).",
            (o, v) => o with { Mountpaths = ParseCount("mountpaths", v, 1, MaxMountpaths) }),
        new("listen", "HOST:PORT", "With -data: where to listen (127.0.0.1:0, a free port).",
            (o, v) => o with { Listen = v }),
        new("discovery-url", "URL", "URL of any node of the cluster to join; several separated by commas.",
            (o, v) => o with { DiscoveryUrl = v }),
        Switch("bootstrap", "Form a new cluster when no reachable node has one.", (o, on) => o with { Bootstrap = on }),
        Switch("standby", "Wait until an administrator lets this node join.", (o, on) => o with { Standby = on }),
        Switch("insecure", "Listen on addresses other than loopback without authentication.",
            (o, on) => o with { Insecure = on }),
        Switch("skip_startup", "Primary: do not wait for known nodes at start.",
            (o, on) => o with { SkipStartup = on }),
        new("ntargets", "N", "Primary: number of targets to wait for at start.",
            (o, v) => o with { ExpectedTargets = ParseCount("ntargets", v, 0, 100_000) }),
        Switch("loopback", "Target: accept mountpaths on loopback devices.", (o, on) => o with { Loopback = on }),
        Switch("start_with_lost_mountpath", "Target: start although a mountpath is missing.",
            (o, on) => o with { StartWithLostMountpath = on }),
        Switch("allow_shared_no_disks", "Target: accept mountpaths that share a disk or have none.",
            (o, on) => o with { AllowSharedDisks = on }),
        Switch("allow_shared_disks_and_no_disks", "The same under its newer name.",
            (o, on) => o with { AllowSharedDisks = on }),
        Switch("version", "Print the version and end.", (o, on) => o with { ShowVersion = on }),
        Switch("help", "Print this help and end (-h).", (o, on) => o with { ShowHelp = on }),
    ];

    private static NodeFlag Switch(string name, string help, Func<NodeOptions, bool, NodeOptions> apply) =>
        new(name, "", help, (options, value) => apply(options, ParseSwitch(name, value)));

    private static NodeRole ParseRole(string value) => value switch
    {
        "proxy" => NodeRole.Proxy,
        "target" => NodeRole.Target,
        _ => throw new StartupException($"invalid node's role \"{value}\", expecting \"proxy\" or \"target\""),
    };

    private static string ParseId(string value) =>
        NodeId.Check(value) is { } problem ? throw new StartupException($"-daemon_id: {problem}") : value;

    private static int ParseCount(string name, string value, int min, int max) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= min && number <= max
            ? number
            : throw new StartupException(
                $"invalid value \"{value}\" for -{name}: expected an integer in [{min}, {max}]");

    private static bool ParseSwitch(string name, string value) => value.ToLowerInvariant() switch
    {
        "" or "true" or "1" or "t" => true,
        "false" or "0" or "f" => false,
        _ => throw new StartupException($"invalid value \"{value}\" for -{name}: expected true or false"),
    };
}
