using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Walks;

namespace Skein.Target.Remote;

/// <summary>
/// <c>prefetch-listrange</c> and <c>blob-download</c>: fetches objects of a remote bucket that are not here. Listed names
/// without an object are errors; names of a template are not.
/// </summary>
/// <param name="name">Name of the kind.</param>
/// <param name="parts">Fetches.</param>
/// <param name="calls">Who owns what.</param>
internal sealed class FetchNamesKind(string name, RemoteParts parts, ObjectCalls calls) : IWalkKind
{
    public JobKind Kind { get; } = JobKinds.Find(name)!;

    public TimeSpan IdleTime => name == Actions.PrefetchNames ? WalkLimits.IdleTime : TimeSpan.Zero;

    public IWalkWork Create(WalkJob job) =>
        new Work(job, job.ReadValue(WireJsonContext.Default.PrefetchMessage, "*apc.PrefetchMsg"), parts, calls);

    private sealed class Work(WalkJob job, PrefetchMessage message, RemoteParts parts, ObjectCalls calls) : IWalkWork
    {
        public string NodeFor(string name) => calls.FindOwner(job.Bucket, name)?.Id ?? "";

        public async Task HandleAsync(WalkItem item, CancellationToken cancellation)
        {
            var request = new HeadObjectRequest { Object = new(calls.AsClient(), job.Bucket, job.Props, item.Name) };
            if (!calls.OwnsHere(job.Bucket, item.Name))
            {
                await calls.ReadThereAsync(job.Bucket, item.Name, cancellation).ConfigureAwait(false);
                return;
            }
            var bytes = await parts.PrefetchAsync(request, message.LatestVersion, cancellation).ConfigureAwait(false);
            if (bytes is > 0)
            {
                job.Progress.AddLocal(1, bytes.Value);
            }
            else if (bytes is null && job.Record.Work.Names.IsList)
            {
                throw new StoreException(StoreErrorCode.ObjectNotFound, $"{job.Bucket}/{item.Name} does not exist");
            }
        }
    }
}

/// <summary><c>evict-listrange</c>: removes here what is named of a remote bucket; its home keeps everything.</summary>
internal sealed class EvictNamesKind(IObjectHandler objects, RemoteParts parts, ObjectCalls calls) : IWalkKind
{
    public JobKind Kind { get; } = JobKinds.Find(Actions.EvictNames)!;

    public TimeSpan IdleTime => WalkLimits.IdleTime;

    public bool TakesWhatIsHere => true;

    public IWalkWork Create(WalkJob job) => new Work(job, objects, parts, calls);

    private sealed class Work(WalkJob job, IObjectHandler objects, RemoteParts parts, ObjectCalls calls) : IWalkWork
    {
        public string NodeFor(string name) => calls.FindOwner(job.Bucket, name)?.Id ?? "";

        public async Task HandleAsync(WalkItem item, CancellationToken cancellation)
        {
            if (!calls.OwnsHere(job.Bucket, item.Name))
            {
                await calls.EvictThereAsync(job.Bucket, item.Name, cancellation).ConfigureAwait(false);
                return;
            }
            var request = new DeleteObjectRequest
            {
                Object = new(calls.AsClient(), job.Bucket, job.Props, item.Name),
                EvictsOnly = true,
            };
            var size = (await parts.FindAsync(request, cancellation).ConfigureAwait(false))?.Size;
            try
            {
                await objects.DeleteAsync(request, cancellation).ConfigureAwait(false);
                job.Progress.AddLocal(1, size ?? 0);
            }
            catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
            {
                // It was not stored here.
            }
        }
    }
}
