using System.Collections.Immutable;
using Skein.Cluster.Lifecycle;
using Skein.Core.Maps;
using Skein.Core.Placement;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.Target.Buckets;

/// <summary>Counts what this target holds by whose it would be among other owners.</summary>
public sealed class PlacementSurvey
{
    private readonly string _selfId;
    private readonly ObjectStore _store;
    private readonly BucketReferences _buckets;
    private readonly IMetadataSource _metadata;

    internal PlacementSurvey(string selfId, ObjectStore store, BucketReferences buckets, IMetadataSource metadata)
    {
        _selfId = selfId;
        _store = store;
        _buckets = buckets;
        _metadata = metadata;
    }

    /// <summary>Walks the listing of every bucket.</summary>
    /// <param name="owners">Ids of the targets that would own names; none for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<PlacementCount> CountAsync(IReadOnlyList<string> owners, CancellationToken cancellation)
    {
        var set = new OwnerSet(0, [.. owners.Order(StringComparer.Ordinal)]);
        var stays = default(ObjectCount);
        var moves = new Dictionary<string, ObjectCount>(StringComparer.Ordinal);
        var query = new ListQuery { Limit = ListQuery.MaxLimit, Fields = ListFields.Size };
        foreach (var (name, props) in _metadata.Current.Document.Buckets.Buckets)
        {
            var bucket = _buckets.Of(name, props);
            await foreach (var entry in _store.ScanAsync(bucket, query, cancellation).ConfigureAwait(false))
            {
                var one = new ObjectCount(1, entry.Attributes?.Size ?? 0);
                var owner = set.Owner(HrwDigest.OfObject(name.Uname, entry.Name));
                if (owner.Length == 0 || owner == _selfId)
                {
                    stays += one;
                }
                else
                {
                    moves[owner] = moves.GetValueOrDefault(owner) + one;
                }
            }
        }
        return new PlacementCount(stays, moves.ToImmutableSortedDictionary(StringComparer.Ordinal), Available());
    }

    /// <summary>Bytes that are free, each file system counted once.</summary>
    private long Available() => CapacityReport.Read(_store.Mountpaths).TotalAvailable;
}
