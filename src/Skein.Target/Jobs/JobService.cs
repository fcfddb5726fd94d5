using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Ports;

namespace Skein.Target.Jobs;

/// <summary>The jobs of this target, for whoever calls it.</summary>
/// <param name="table">The jobs.</param>
/// <param name="kinds">What can be started.</param>
public sealed class JobService(JobTable table, JobKindRegistry kinds) : IJobHandler
{
    /// <summary>The jobs.</summary>
    public JobTable Table => table;

    /// <inheritdoc/>
    public IReadOnlyList<JobSnap> Read(JobMessage query) => table.Snapshots(query);

    /// <inheritdoc/>
    public string Start(CallContext call, JobMessage arguments)
    {
        var id = arguments.AskedId;
        if (id.Length is 0 or > JobId.MaxLength)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"a job needs an id of at most {JobId.MaxLength} characters");
        }
        var bucket = arguments.AskedBucket?.ToName();
        if (bucket is not null && !call.Metadata.Document.Buckets.Buckets.ContainsKey(bucket))
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket}\" does not exist");
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
}
