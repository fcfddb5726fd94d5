using System.Runtime.CompilerServices;
using Skein.Storage.Objects;

namespace Skein.Storage.Listing;

/// <summary>All objects of a bucket that lie in a store, one after the other.</summary>
public static class BucketScan
{
    /// <summary>Reads the listing page by page, in the order of names.</summary>
    /// <param name="store">The store.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="query">
    /// Where to begin, what to tell, and how many entries to read at a time (<see cref="ListQuery.Limit"/>).
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="Core.Errors.StoreException">As <see cref="ObjectStore.ListAsync"/>.</exception>
    public static async IAsyncEnumerable<ListEntry> ScanAsync(
        this ObjectStore store,
        BucketRef bucket,
        ListQuery query,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var token = query.StartAfter;
        do
        {
            var page = await store.ListAsync(bucket, query with { StartAfter = token }, cancellation).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }
            token = page.NextToken;
        }
        while (token.Length != 0);
    }
}
