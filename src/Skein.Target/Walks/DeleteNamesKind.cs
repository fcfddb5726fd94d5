using Skein.Core.Jobs;

namespace Skein.Target.Walks;

/// <summary>
/// <c>delete-listrange</c>: deletes the objects that are named. Names without an object are no error. What was written after
/// the job began stays when a name comes up again.
/// </summary>
internal sealed class DeleteNamesKind(ObjectCalls calls) : IWalkKind
{
    public JobKind Kind { get; } = JobKinds.Find("delete-listrange")!;

    public TimeSpan IdleTime => WalkLimits.IdleTime;

    public IWalkWork Create(WalkJob job) => new Work(job, calls);

    private sealed class Work(WalkJob job, ObjectCalls calls) : IWalkWork
    {
        public string NodeFor(string name) => calls.FindOwner(job.Bucket, name)?.Id ?? "";

        public async Task HandleAsync(WalkItem item, CancellationToken cancellation)
        {
            long? before = item.IsRepeat ? job.StartedMilliseconds : null;
            var bytes = await calls
                .DeleteAsync(job.Bucket, job.Props, item.Name, before, cancellation)
                .ConfigureAwait(false);
            if (bytes is { } deleted)
            {
                job.Progress.AddLocal(1, deleted);
            }
        }
    }
}
