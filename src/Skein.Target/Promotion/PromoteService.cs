using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Copies;
using Skein.Target.Jobs;

namespace Skein.Target.Promotion;

/// <summary>Makes objects of files of this target's machine: at once, or as a job.</summary>
internal sealed class PromoteService(INodeFacts facts, IMetadataSource metadata, ObjectCopier copier, JobTable jobs)
{
    private static readonly JobKind Kind = JobKinds.Find("promote")!;

    /// <summary>Folders from which files may be taken; none by default.</summary>
    public IReadOnlyList<string> Roots { get; set; } = [];

    private PromoteFiles Files => new(facts.Self.DisplayName, Roots);

    /// <summary>What this target sees of the files.</summary>
    public PromoteSight Look(PromoteMessage message) => Files.Look(message);

    /// <summary>Does what is ordered, or starts it when the order has the id of a job.</summary>
    /// <exception cref="StoreException">The first thing that went wrong; what could be promoted was.</exception>
    public async Task RunAsync(PromoteOrder order, CancellationToken cancellation)
    {
        var bucket = order.Bucket.ToName();
        if (metadata.Current.Document.Buckets.Find(bucket) is not { } props)
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket}\" does not exist");
        }
        if (order.Id.Length != 0)
        {
            jobs.Run(
                new JobDescription(Kind, order.Id) { Bucket = bucket },
                (progress, stop) => PromoteAsync(order, (bucket, props), progress, stop));
            return;
        }
        var progress = new JobProgress();
        await PromoteAsync(order, (bucket, props), progress, cancellation).ConfigureAwait(false);
        if (progress.ReadErrors() is { Count: > 0 } errors)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{facts.Self.DisplayName}: {errors.Count} of the files were not promoted, the first one: "
                    + $"{errors.First[0].Object}: {errors.First[0].Message}");
        }
    }

    private async Task PromoteAsync(
        PromoteOrder order, (BucketName Name, BucketProps Props) bucket, JobProgress progress, CancellationToken stop)
    {
        var sharers = order.Sharers.Count == 0 ? null : new OwnerSet(0, [.. order.Sharers]);
        var files = Files;
        foreach (var file in files.Find(order.Files, progress.AddError))
        {
            stop.ThrowIfCancellationRequested();
            if (sharers is not null
                && sharers.Owner(HrwDigest.OfObject(bucket.Name.Uname, file.Name)) != facts.Self.Id)
            {
                continue;
            }
            try
            {
                await PromoteAsync(order.Files, files, file, bucket, progress, stop).ConfigureAwait(false);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                progress.AddError($"{bucket.Name}/{file.Name}", $"{file.Path}: {e.Message}");
            }
        }
    }

    private async Task PromoteAsync(
        PromoteMessage message, PromoteFiles files, PromotedFile file, (BucketName Name, BucketProps Props) bucket,
        JobProgress progress, CancellationToken stop)
    {
        using var opened = files.Open(file.Path) ?? throw PromoteFiles.Missing(file.Path);
        if (opened.Size < 0)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, "it is no regular file");
        }
        ObjectName.Validate(file.Name);
        var source = new CopySource(() => new FileSlice(opened.Handle, opened.Size), opened.Size, Checksum.None, [])
        {
            OnlyIfMissing = !message.Overwrites,
        };
        var result = await copier.StoreAsync(source, bucket.Name, bucket.Props, file.Name, stop).ConfigureAwait(false);
        if (!result.IsWritten)
        {
            return;
        }
        if (result.IsLocal)
        {
            progress.AddLocal(1, result.Bytes);
        }
        else
        {
            progress.AddSent(1, result.Bytes);
        }
        if (message.DeletesSource)
        {
            File.Delete(file.Path); // a link goes, and not what it stands for
        }
    }
}
