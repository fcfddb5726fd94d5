namespace Skein.Storage.Listing;

/// <summary>Which page of a bucket's names is wanted.</summary>
public sealed record ListQuery
{
    /// <summary>Largest <see cref="Limit"/>.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>Only names that begin so.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// Only what sorts after this; a <see cref="ListPage.NextToken"/>, any name, or empty for the beginning. It need
    /// not exist.
    /// </summary>
    public string StartAfter { get; init; } = "";

    /// <summary>Most entries of the page: 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>True to show each folder below the prefix as one entry instead of what it holds.</summary>
    public bool NonRecursive { get; init; }

    /// <summary>What to tell of each object.</summary>
    public ListFields Fields { get; init; } = ListFields.All;
}
