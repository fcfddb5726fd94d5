namespace Skein.Storage.Listing;

/// <summary>One page of a listing, sorted by the UTF-8 bytes of <see cref="ListEntry.SortKey"/>.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="NextToken">
/// The <see cref="ListQuery.StartAfter"/> of the next page; empty when this page is the last. It is the
/// <see cref="ListEntry.SortKey"/> of the last entry.
/// </param>
public sealed record ListPage(IReadOnlyList<ListEntry> Entries, string NextToken);
