namespace Skein.Storage.Listing;

/// <summary>What a listing should tell of each object besides its name.</summary>
[Flags]
public enum ListFields
{
    /// <summary>Names only: the cheapest.</summary>
    None = 0,

    /// <summary>Size in bytes.</summary>
    Size = 1,

    /// <summary>Checksum.</summary>
    Checksum = 2,

    /// <summary>Version.</summary>
    Version = 4,

    /// <summary>Access time.</summary>
    AccessTime = 8,

    /// <summary>Custom metadata.</summary>
    Custom = 16,

    /// <summary>Everything.</summary>
    All = Size | Checksum | Version | AccessTime | Custom,
}
