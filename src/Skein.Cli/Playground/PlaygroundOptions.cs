namespace Skein.Cli.Playground;

/// <summary>What <c>playground up</c> is asked for.</summary>
internal sealed record PlaygroundOptions
{
    /// <summary>Most nodes of a playground.</summary>
    public const int MaxNodes = 64;

    /// <summary>Most mountpaths of a target.</summary>
    public const int MaxMountpaths = 32;

    /// <summary>Number of proxies, at least 1; null for 3, or as they are in a playground that exists.</summary>
    public int? Proxies { get; init; }

    /// <summary>Number of targets; null for 3, or as they are in a playground that exists.</summary>
    public int? Targets { get; init; }

    /// <summary>Mountpaths of each target, at least 1.</summary>
    public int Mountpaths { get; init; } = 2;

    /// <summary>First port; 0 to have free ones chosen.</summary>
    public int PortBase { get; init; }

    /// <summary>Keys of the cluster configuration, <c>section.key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Absolute folders from which the targets may promote files; none by default.</summary>
    public IReadOnlyList<string> PromoteRoots { get; init; } = [];

    /// <summary>The node's executable, absolute.</summary>
    public required string Skeind { get; init; }

    /// <summary>How long the nodes may take to become healthy and see each other.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
