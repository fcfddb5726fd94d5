using Skein.Core.Nodes;

namespace Skein.Node.CommandLine;

/// <summary>What the command line of <c>skeind</c> says.</summary>
internal sealed record NodeOptions
{
    /// <summary>Role of the node; null only with <see cref="ShowHelp"/> or <see cref="ShowVersion"/>.</summary>
    public NodeRole? Role { get; init; }

    /// <summary>Id of the node; null when it is to be found or made.</summary>
    public string? DaemonId { get; init; }

    /// <summary>File with the cluster configuration; null for compiled defaults.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>
    /// File with the configuration of the node; null when <see cref="DataDirectory"/> is given instead.
    /// </summary>
    public string? LocalConfigFile { get; init; }

    /// <summary>Overrides as <c>key=value,key=value</c>; empty when there are none.</summary>
    public string ConfigCustom { get; init; } = "";

    /// <summary>True when the overrides are not to be kept for the next start.</summary>
    public bool Transient { get; init; }

    /// <summary>True to wait for an administrator instead of joining.</summary>
    public bool Standby { get; init; }

    /// <summary>True for a primary that does not wait for known nodes at start.</summary>
    public bool SkipStartup { get; init; }

    /// <summary>Targets for which a primary waits at start, 0 or more.</summary>
    public int ExpectedTargets { get; init; }

    /// <summary>True to accept mountpaths on loopback devices.</summary>
    public bool Loopback { get; init; }

    /// <summary>True to start a target although a mountpath is missing.</summary>
    public bool StartWithLostMountpath { get; init; }

    /// <summary>True to accept mountpaths that share a disk, or have none of their own.</summary>
    public bool AllowSharedDisks { get; init; }

    /// <summary>True to form a new cluster when no reachable node has one.</summary>
    public bool Bootstrap { get; init; }

    /// <summary>URL of any node of the cluster to join, several separated by commas; null when not given.</summary>
    public string? DiscoveryUrl { get; init; }

    /// <summary>True to listen on addresses other than loopback without authentication.</summary>
    public bool Insecure { get; init; }

    /// <summary>Folder for everything of a node that has no configuration file; null with a file.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Mountpaths under <see cref="DataDirectory"/>, 1 to 64.</summary>
    public int Mountpaths { get; init; } = 1;

    /// <summary>
    /// Address under which a node without a configuration file listens, <c>host:port</c>; null for any free port of
    /// 127.0.0.1.
    /// </summary>
    public string? Listen { get; init; }

    /// <summary>True to print the version and end.</summary>
    public bool ShowVersion { get; init; }

    /// <summary>True to print the help and end.</summary>
    public bool ShowHelp { get; init; }
}
