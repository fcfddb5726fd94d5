using Skein.Core.Buckets;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Gateway.Metrics;
using Skein.Storage.Listing;
using Skein.Storage.Objects;
using Skein.Target.Jobs;
using Skein.Target.Objects;

namespace Skein.Target.Remote;

/// <summary>
/// <c>lru</c>: while a mountpath is fuller than <c>space.lowwm</c>, removes the coldest objects that are stored there of
/// remote buckets with <c>lru.enabled</c>; their homes keep them. What was stored, fetched or read within
/// <c>lru.dont_evict_time</c> stays (<see cref="AccessTimes"/>).
/// </summary>
internal sealed class EvictionKind(TargetServices services)
{
    /// <summary>Objects that are considered at a time: the coldest of all.</summary>
    private const int MaxCandidates = 20_000;

    private const int PageNames = 1000;

    /// <summary>The kind, as it is started.</summary>
    public IJobKind Job => new PlainJobKind(JobKinds.Find("lru")!, RunAsync);

    private async Task RunAsync(JobProgress progress, CancellationToken cancellation)
    {
        while (await RoundAsync(progress, cancellation).ConfigureAwait(false))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Evicts once; true when there may be more to evict.</summary>
    private async Task<bool> RoundAsync(JobProgress progress, CancellationToken cancellation)
    {
        var document = services.Metadata.Current.Document;
        var excess = Excess(document.Config.Space);
        if (excess.Count == 0)
        {
            return false;
        }
        var coldest = new PriorityQueue<Candidate, long>(); // the warmest of them first
        foreach (var (name, props) in document.Buckets.Buckets)
        {
            if (name.IsRemote && props.Lru.Enabled)
            {
                await CollectAsync(name, props, excess, coldest, cancellation).ConfigureAwait(false);
            }
        }
        var candidates = new List<Candidate>(coldest.Count);
        while (coldest.TryDequeue(out var candidate, out _))
        {
            candidates.Add(candidate);
        }
        candidates.Reverse();
        var evicted = 0;
        foreach (var candidate in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            if (excess.TryGetValue(candidate.Mountpath, out var left) && left > 0
                && await EvictAsync(candidate, progress, cancellation).ConfigureAwait(false))
            {
                excess[candidate.Mountpath] = left - candidate.Size;
                evicted++;
            }
        }
        return evicted != 0 && candidates.Count == MaxCandidates;
    }

    /// <summary>Bytes above the low watermark, by mountpath.</summary>
    private Dictionary<string, long> Excess(SpaceSection space)
    {
        var excess = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var mountpath in services.Store.Mountpaths.View.Available)
        {
            try
            {
                var capacity = mountpath.Capacity();
                var above = capacity.UsedBytes - (long)(capacity.TotalBytes * (space.LowWatermark / 100.0));
                if (above > 0)
                {
                    excess[mountpath.Path] = above;
                }
            }
            catch (StoreException)
            {
                // A disk that does not answer is the health checker's.
            }
        }
        return excess;
    }

    private async Task CollectAsync(
        BucketName name, BucketProps props, Dictionary<string, long> excess, PriorityQueue<Candidate, long> coldest,
        CancellationToken cancellation)
    {
        var bucket = services.Buckets.Of(name, props);
        var youngest = Nanoseconds(services.Time.GetUtcNow() - props.Lru.DontEvictTime);
        var query = new ListQuery { Limit = PageNames, Fields = ListFields.All };
        while (true)
        {
            var page = await services.Store.ListAsync(bucket, query, cancellation).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                // The time of storing is in the index. That of reading may be later: the file tells it.
                if (entry.Attributes is not { } attributes || attributes.AccessTime > youngest
                    || !excess.ContainsKey(entry.Mountpath.Path) || IsWarmerThanAll(attributes.AccessTime, coldest)
                    || await LastReadAsync(bucket, entry.Name, cancellation).ConfigureAwait(false) is not { } read
                    || read > youngest)
                {
                    continue;
                }
                var candidate = new Candidate(
                    name, props, entry.Name, entry.Mountpath.Path, attributes.Size, attributes.Stamp);
                coldest.Enqueue(candidate, -Math.Max(read, attributes.AccessTime));
                if (coldest.Count > MaxCandidates)
                {
                    coldest.Dequeue();
                }
            }
            if (page.NextToken.Length == 0)
            {
                return;
            }
            query = query with { StartAfter = page.NextToken };
        }
    }

    private static bool IsWarmerThanAll(long accessTime, PriorityQueue<Candidate, long> coldest) =>
        coldest.Count == MaxCandidates && coldest.TryPeek(out _, out var warmest) && accessTime >= -warmest;

    /// <summary>When an object was read last, Unix time in nanoseconds; null when it is not to be had.</summary>
    private async Task<long?> LastReadAsync(BucketRef bucket, string name, CancellationToken cancellation)
    {
        try
        {
            using var handle = await services.Store.OpenReadAsync(bucket, name, cancellation).ConfigureAwait(false);
            return handle is null ? null : Nanoseconds(AccessTimes.ReadFrom(handle.File));
        }
        catch (StoreException)
        {
            return null; // a disk that does not answer is the health checker's
        }
    }

    private static long Nanoseconds(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Removes an object unless it was written meanwhile.</summary>
    private async Task<bool> EvictAsync(Candidate candidate, JobProgress progress, CancellationToken cancellation)
    {
        var removed = await services.Store
            .RemoveBatchAsync(
                services.Buckets.Of(candidate.Bucket, candidate.Props), [(candidate.Name, candidate.Stamp)], durable: false,
                cancellation)
            .ConfigureAwait(false);
        if (removed == 0)
        {
            return false;
        }
        progress.AddLocal(1, candidate.Size);
        services.Counters.Increment(NodeCounter.Evicted);
        services.Counters.Add(NodeCounter.EvictedBytes, candidate.Size);
        return true;
    }

    private sealed record Candidate(
        BucketName Bucket, BucketProps Props, string Name, string Mountpath, long Size, Core.Objects.WriteStamp Stamp);
}
