using System.Collections.Immutable;

namespace Skein.Core.Jobs;

/// <summary>The kinds of jobs by AIStore's names. A kind is known here before anything can run it.</summary>
public static class JobKinds
{
    /// <summary>Moves objects to the targets that own them by the map; its ids are <c>g1</c>, <c>g2</c>, ….</summary>
    public static readonly JobKind Rebalance = new("rebalance", "rebalance") { Renewal = JobRenewal.AbortOlder };

    /// <summary>Moves objects to the mountpaths that they belong to on their target.</summary>
    public static readonly JobKind Resilver = new("resilver", "resilver") { Renewal = JobRenewal.AbortOlder };

    /// <summary>Removes what no longer belongs to any object.</summary>
    public static readonly JobKind Cleanup = new("cleanup-store", "cleanup") { Renewal = JobRenewal.JoinOlder };

    /// <summary>Sorts records of shards into new shards.</summary>
    public static readonly JobKind Sort = new("dsort", "dsort") { HasOwnCall = true, EndsTogether = true };

    /// <summary>Every kind, in the order in which help shows them.</summary>
    public static ImmutableArray<JobKind> All { get; } =
    [
        Rebalance,
        Resilver,
        Cleanup,
        new("lru", "lru-eviction") { Renewal = JobRenewal.JoinOlder },
        OverObjects("copy-bck", "copy-bucket"),
        OverObjects("move-bck", "rename-bucket"),
        OfBucket("etl-bck", "etl-bucket"),
        OverObjects("copy-listrange", "copy-objects"),
        OfBucket("etl-listrange", "etl-objects"),
        OverObjects("prefetch-listrange", "prefetch-objects"),
        OverObjects("delete-listrange", "delete-objects"),
        OverObjects("evict-listrange", "evict-objects"),
        OfBucket("promote", "promote-files"),
        OfBucket("blob-download", "blob-download"),
        OfBucket("archive", "archive"),
        OfBucket("load-lom-cache", "warm-up-metadata"),
        OfBucket("ec-encode", "ec-bucket"),
        OfBucket("make-n-copies", "mirror") with { HasOwnCall = true },
        new("summary-bck", "summary") { HasOwnCall = true },
        new("list", "list") { HasOwnCall = true },
        new("evict-remote-bck", "evict-remote-bucket") { HasOwnCall = true },
        new("put-copies", "put-copies") { HasOwnCall = true },
        new("ec-get", "ec-get") { HasOwnCall = true },
        new("ec-put", "ec-put") { HasOwnCall = true },
        new("ec-resp", "ec-resp") { HasOwnCall = true },
        new("download", "download") { HasOwnCall = true },
        Sort,
        new("etl-inline", "etl-inline") { HasOwnCall = true },
        new("rechunk", "rechunk") { NeedsBucket = true },
        new("election", "elect-primary") { HasOwnCall = true },
    ];

    /// <summary>The kind with that name or display name; null when there is none.</summary>
    public static JobKind? Find(string word) => All.FirstOrDefault(kind => kind.Name == word || kind.DisplayName == word);

    private static JobKind OverObjects(string name, string displayName) =>
        OfBucket(name, displayName) with { EndsTogether = true };

    private static JobKind OfBucket(string name, string displayName) => new(name, displayName) { NeedsBucket = true };
}
