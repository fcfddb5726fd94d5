namespace Skein.Storage.Mountpaths;

/// <summary>How mountpaths are opened.</summary>
public sealed record MountpathOptions
{
    /// <summary>Id of the node that owns the disks. A disk that belongs to another node is refused.</summary>
    public required string NodeId { get; init; }

    /// <summary>True to create a folder that does not exist (playgrounds); false to refuse it.</summary>
    public bool CreateMissing { get; init; }

    /// <summary>
    /// The file in which the node remembers its mountpaths and their states; null to remember nothing but what the disks
    /// say themselves.
    /// </summary>
    public string? StateFile { get; init; }
}
