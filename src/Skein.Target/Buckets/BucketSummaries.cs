using System.Collections.Concurrent;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Storage.Listing;
using Skein.Storage.Objects;
using Skein.Target.Jobs;

namespace Skein.Target.Buckets;

/// <summary>
/// Counts what this target has of buckets, from its listing indexes: exact when every object lies where the map says. While
/// data moves, an object on its way may be counted twice or not at all.
/// </summary>
public sealed class BucketSummaries
{
    /// <summary>Summaries that are remembered; the oldest goes first.</summary>
    public const int Remembered = 64;

    private const int PageNames = 2000;

    private readonly ObjectStore _store;
    private readonly BucketReferences _buckets;
    private readonly IMetadataSource _metadata;
    private readonly JobTable _jobs;
    private readonly ConcurrentDictionary<string, SummaryShare> _shares = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    internal BucketSummaries(ObjectStore store, BucketReferences buckets, IMetadataSource metadata, JobTable jobs)
    {
        _store = store;
        _buckets = buckets;
        _metadata = metadata;
        _jobs = jobs;
    }

    /// <summary>Begins to count.</summary>
    /// <exception cref="StoreException">When the bucket does not exist, or too many jobs run.</exception>
    internal string Start(JobMessage message)
    {
        var bucket = message.AskedBucket?.ToName();
        if (bucket is not null && _metadata.Current.Document.Buckets.Find(bucket) is null)
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket}\" does not exist");
        }
        var (id, prefix) = (message.AskedId, message.Work?.Names.Prefix ?? "");
        if (!_shares.TryAdd(id, new SummaryShare()))
        {
            return id;
        }
        _order.Enqueue(id);
        while (_shares.Count > Remembered && _order.TryDequeue(out var oldest))
        {
            _shares.TryRemove(oldest, out _);
        }
        _jobs.Run(
            new JobDescription(JobKinds.Find(Actions.SummarizeBucket)!, id) { Bucket = bucket },
            (progress, stop) => CountAsync(id, bucket, prefix, progress, stop));
        return id;
    }

    /// <summary>What has been counted; null for an id that is not known.</summary>
    internal SummaryShare? Find(string id) => _shares.GetValueOrDefault(id);

    private async Task CountAsync(
        string id, BucketName? only, string prefix, JobProgress progress, CancellationToken cancellation)
    {
        var capacity = CapacityReport.Read(_store.Mountpaths);
        var share = new SummaryShare { Disks = capacity.TotalUsed + capacity.TotalAvailable };
        try
        {
            foreach (var (name, props) in _metadata.Current.Document.Buckets.Buckets)
            {
                if (only is null || only == name)
                {
                    var figures = await CountAsync(name, props, prefix, progress, cancellation).ConfigureAwait(false);
                    share = share with { Buckets = [.. share.Buckets, figures] };
                    _shares[id] = share;
                }
            }
            _shares[id] = share with { IsDone = true };
        }
        catch (Exception e) when (e is StoreException or IOException or OperationCanceledException)
        {
            _shares[id] = share with { IsDone = true, Error = e.Message };
            throw;
        }
    }

    private async Task<SummaryFigures> CountAsync(
        BucketName name, BucketProps props, string prefix, JobProgress progress, CancellationToken cancellation)
    {
        var bucket = _buckets.Of(name, props);
        var figures = new SummaryFigures { Bucket = WireBucket.From(name) };
        var token = "";
        do
        {
            var query = new ListQuery { Prefix = prefix, StartAfter = token, Limit = PageNames, Fields = ListFields.Size };
            var page = await _store.ListAsync(bucket, query, cancellation).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                figures = figures.With(entry.Attributes?.Size ?? 0);
            }
            token = page.NextToken;
        }
        while (token.Length != 0);
        progress.AddLocal(figures.Objects, figures.Bytes);
        return figures;
    }
}
