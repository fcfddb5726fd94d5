using Skein.Core.Wire;

namespace Skein.Client.Listing;

/// <summary>What of a bucket is listed.</summary>
public sealed record ListOptions
{
    /// <summary>The defaults: every object with name and size.</summary>
    public static ListOptions Default { get; } = new();

    /// <summary>Only names that begin with this.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Only names greater than this.</summary>
    public string StartAfter { get; init; } = "";

    /// <summary>Properties wanted, by AIStore's names; empty for name and size.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>Flags.</summary>
    public ListFlags Flags { get; init; }

    /// <summary>Names per page, 1 to <see cref="ListObjectsMessage.MaxPageSize"/>; 0 for the cluster's choice.</summary>
    public int PageSize { get; init; }

    /// <summary>Most names in all; null for no limit.</summary>
    public long? Limit { get; init; }
}
