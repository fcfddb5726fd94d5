using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Buckets;
using Skein.Target.Sorting;
using Skein.Target.Walks;

namespace Skein.Target.Jobs;

/// <summary>The jobs of this target, for whoever calls it.</summary>
/// <param name="table">The jobs.</param>
/// <param name="kinds">What can be started.</param>
/// <param name="walks">The jobs over buckets; null for none.</param>
/// <param name="summaries">Sums up buckets; null for nobody.</param>
/// <param name="sorts">Sorts shards; null for nobody.</param>
public sealed class JobService(
    JobTable table, JobKindRegistry kinds, WalkJobs? walks = null, BucketSummaries? summaries = null, SortJobs? sorts = null)
    : IJobHandler
{
    /// <summary>The jobs.</summary>
    public JobTable Table => table;

    /// <inheritdoc/>
    public IReadOnlyList<JobSnap> Read(JobMessage query) => table.Snapshots(query);

    /// <inheritdoc/>
    public BucketWorkState? FindWork(string id) => JobId.IsSortId(id) ? sorts?.State(id) : walks?.State(id);

    /// <inheritdoc/>
    public SummaryShare? FindSummary(string id) => summaries?.Find(id);

    /// <inheritdoc/>
    public string Start(CallContext call, JobMessage arguments)
    {
        var id = arguments.AskedId;
        if (id.Length is 0 or > JobId.MaxLength)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"a job needs an id of at most {JobId.MaxLength} characters");
        }
        if (arguments.Work is not null && arguments.AskedKind == Actions.SummarizeBucket && summaries is not null)
        {
            return summaries.Start(arguments);
        }
        if (arguments.Work is not null && arguments.AskedKind == JobKinds.Sort.Name && sorts is not null)
        {
            return sorts.Start(arguments);
        }
        if (arguments.Work is not null && walks is not null)
        {
            return walks.Start(call, arguments);
        }
        var bucket = arguments.AskedBucket?.ToName();
        if (bucket is not null && !call.Metadata.Document.Buckets.Buckets.ContainsKey(bucket))
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket}\" does not exist");
        }
        if (JobKinds.Find(arguments.AskedKind) is { } asked && walks?.Has(asked) == true && !kinds.Has(asked))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"cannot start \"{asked.Name}\": it begins by a call of its own");
        }
        var (kind, body) = kinds.Create(arguments, bucket);
        return table.Run(new JobDescription(kind, id) { Bucket = bucket }, body).Id;
    }

    /// <inheritdoc/>
    public void Stop(CallContext call, JobMessage which)
    {
        if (which.AskedId.Length != 0 || JobKinds.Find(which.AskedKind) is not null)
        {
            table.Abort(which, $"stopped by {(call.CallerName.Length == 0 ? call.Who : call.CallerName)}");
        }
    }

    /// <inheritdoc/>
    public void Forget(JobMessage which)
    {
        if (which.AskedId.Length != 0)
        {
            table.Forget(which);
        }
    }
}
