namespace Skein.Core.Objects;

/// <summary>What is known of a stored object besides its bytes.</summary>
public sealed record ObjectAttributes
{
    /// <summary>Size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Checksum of the whole object, of the bucket's type.</summary>
    public required Checksum Checksum { get; init; }

    /// <summary>Version as clients see it ("1", "2", ...); empty when the bucket keeps none.</summary>
    public string Version { get; init; } = "";

    /// <summary>Last access, Unix nanoseconds.</summary>
    public long AccessTime { get; init; }

    /// <summary>Order among writes of the same name.</summary>
    public WriteStamp Stamp { get; init; }

    /// <summary>Custom metadata, sorted by key (ordinal); empty when there is none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Custom { get; init; } = [];
}
