using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Target.Walks;

/// <summary>
/// <c>move-bck</c>: copies every object to the bucket of the new name. When all targets have, the primary lets the old bucket
/// go; until then the job is idle.
/// </summary>
internal sealed class MoveBucketKind(SourceCopies copies, TimeProvider time) : IWalkKind
{
    public JobKind Kind { get; } = JobKinds.Find(Actions.MoveBucket)!;

    public TimeSpan IdleTime => TimeSpan.Zero;

    public IWalkWork Create(WalkJob job)
    {
        if (job.Destination is null)
        {
            throw new StoreException(StoreErrorCode.InvalidBucketName, "bucket name is missing");
        }
        _ = job.DestinationProps;
        return new Work(job, copies, time);
    }

    private sealed class Work(WalkJob job, SourceCopies copies, TimeProvider time) : IWalkWork
    {
        public bool CountsEachLook => true;

        public string NodeFor(string name) => copies.Calls.FindOwner(job.Destination!, name)?.Id ?? "";

        public async Task HandleAsync(WalkItem item, CancellationToken cancellation)
        {
            _ = job.DestinationProps;
            var copied = await copies
                .CopyAsync((job.Bucket, job.Props, item.Name), (job.Destination!, item.Name), latest: false, cancellation)
                .ConfigureAwait(false);
            if (copied is { } result)
            {
                job.Progress.AddLocal(1, result.Bytes);
                job.Progress.AddSent(result.IsLocal ? 0 : 1, result.IsLocal ? 0 : result.Bytes);
            }
        }

        public async Task LeaveAsync(CancellationToken cancellation)
        {
            var started = time.GetTimestamp();
            while (job.Metadata.Document.Buckets.Find(job.Bucket) is { IsRenamedAway: true } props
                && props.BucketId == job.Record.Work.BucketId)
            {
                if (time.GetElapsedTime(started) >= WalkLimits.RenamePatience)
                {
                    throw new StoreException(
                        StoreErrorCode.NotReady, $"all objects are in {job.Destination}, and no primary has ended the renaming");
                }
                await Task.Delay(WalkLimits.AskInterval, time, cancellation).ConfigureAwait(false);
            }
        }
    }
}
