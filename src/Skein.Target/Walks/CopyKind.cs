using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Target.Copies;

namespace Skein.Target.Walks;

/// <summary>
/// <c>copy-bck</c> and <c>copy-listrange</c>: copies objects to another bucket, or under other names. What the destination
/// has already, byte for byte, is not sent again, so that doing it twice does no harm.
/// </summary>
/// <param name="name">Name of the kind.</param>
/// <param name="copies">Copies one object.</param>
/// <param name="prune">Deletes what the source has no more, where that is asked for.</param>
internal sealed class CopyKind(string name, SourceCopies copies, CopyPrune prune) : IWalkKind
{
    public JobKind Kind { get; } = JobKinds.Find(name)!;

    public TimeSpan IdleTime => name == Actions.CopyNames ? WalkLimits.IdleTime : TimeSpan.Zero;

    public IWalkWork Create(WalkJob job)
    {
        var message = job.ReadValue(WireJsonContext.Default.CopyMessage, "*apc.TCBMsg");
        if (job.Destination is null)
        {
            throw new StoreException(StoreErrorCode.InvalidBucketName, "bucket name is missing");
        }
        if (!message.IsDryRun)
        {
            _ = job.DestinationProps;
        }
        return new Work(job, message, copies, prune);
    }

    private sealed class Work(WalkJob job, CopyMessage message, SourceCopies copies, CopyPrune prune) : IWalkWork
    {
        public bool CountsEachLook => true;

        public string NodeFor(string name) =>
            copies.Calls.FindOwner(message.IsDryRun ? job.Bucket : job.Destination!, message.NameOf(name))?.Id ?? "";

        public async Task HandleAsync(WalkItem item, CancellationToken cancellation)
        {
            if (!message.IsDryRun)
            {
                _ = job.DestinationProps; // one that was destroyed and made anew is another bucket
            }
            var source = (Bucket: job.Bucket, job.Props, item.Name);
            var result = message.IsDryRun
                ? await copies.LookAsync(source, cancellation).ConfigureAwait(false)
                : await copies
                    .CopyAsync(
                        source, (job.Destination!, message.NameOf(item.Name)),
                        message.LatestVersion || message.Synchronize, cancellation)
                    .ConfigureAwait(false);
            if (result is not { } copied)
            {
                if (Prunes)
                {
                    await prune
                        .RunOneAsync(job, item.Name, message.NameOf(item.Name), cancellation)
                        .ConfigureAwait(false);
                    return;
                }
                if (job.Record.Work.Names.IsList)
                {
                    throw new StoreException(
                        StoreErrorCode.ObjectNotFound, $"{job.Bucket}/{item.Name} does not exist");
                }
                return;
            }
            job.Progress.AddLocal(1, copied.Bytes);
            if (!copied.IsLocal)
            {
                job.Progress.AddSent(1, copied.Bytes);
            }
        }

        public Task FinishAsync(CancellationToken cancellation) =>
            Prunes && !job.Record.Work.Names.IsList && job.Record.Work.Names.ReadTemplate() is null or { IsPrefix: true }
                ? prune.RunAsync(job, message, cancellation)
                : Task.CompletedTask;

        private bool Prunes => message is { Synchronize: true, IsDryRun: false };
    }
}
