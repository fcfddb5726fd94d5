namespace Skein.Storage.Objects;

/// <summary>What must have happened on this target before a write is acknowledged.</summary>
public enum DurabilityPolicy
{
    /// <summary>The file and its folder are on the device: a power loss right after the answer loses nothing.</summary>
    Disk,

    /// <summary>The kernel has the bytes: a killed process loses nothing, a power loss may.</summary>
    PageCache,

    /// <summary>As <see cref="Disk"/> here; the target adds that all copies or slices are so too.</summary>
    Redundant,
}
