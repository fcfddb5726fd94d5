using Skein.Core.Errors;
using Skein.Core.Objects;

namespace Skein.Storage.Objects;

/// <summary>What goes with the bytes when a write is committed.</summary>
public sealed record WriteCommit
{
    /// <summary>Custom metadata in any order; a key may occur once.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Custom { get; init; } = [];

    /// <summary>
    /// The checksum that the client declared; null when it declared none. Its type must be the bucket's or the one
    /// that was given when the write began. Type <c>none</c> is not checked. The comparison is textual.
    /// </summary>
    public Checksum? Expected { get; init; }

    /// <summary>
    /// The version that the client says the object had before; null to look at the stored object. The new version is
    /// one more.
    /// </summary>
    public string? PreviousVersion { get; init; }

    /// <summary>
    /// The version to store as it stands, for copies that move between targets; null to count. Only where the bucket
    /// keeps versions.
    /// </summary>
    public string? ExactVersion { get; init; }

    /// <summary>Order among writes of the same name.</summary>
    public required WriteStamp Stamp { get; init; }

    /// <summary>Access time to store, Unix nanoseconds; null for now.</summary>
    public long? AccessTime { get; init; }

    /// <summary>
    /// True to leave a stored object alone whose stamp is the same or greater; the commit then answers its attributes.
    /// </summary>
    public bool OnlyIfNewer { get; init; }

    /// <summary>
    /// The object that the bytes were made from: the commit fails with <see cref="StoreErrorCode.Busy"/> when another one is
    /// stored by then. Null not to look.
    /// </summary>
    public ReplacedObject? Replaces { get; init; }

    /// <summary>
    /// The commit of a copy of what another target holds: the same write with all that belongs to it, unless a newer one is
    /// here.
    /// </summary>
    /// <param name="attributes">The copied object's.</param>
    public static WriteCommit OfCopy(ObjectAttributes attributes) => new()
    {
        Custom = attributes.Custom,
        Expected = attributes.Checksum.IsNone ? null : attributes.Checksum,
        ExactVersion = attributes.Version,
        Stamp = attributes.Stamp,
        AccessTime = attributes.AccessTime,
        OnlyIfNewer = true,
    };
}

/// <summary>What a write was made from.</summary>
/// <param name="Stamp">Stamp of the object; null when there was none.</param>
public readonly record struct ReplacedObject(WriteStamp? Stamp);
