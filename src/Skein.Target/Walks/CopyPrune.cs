using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Target.Walks;

/// <summary>
/// The end of a copy that synchronizes: what its destination has and its source has no more is deleted there. Each target
/// deals with the names that it owns at the destination. What was written at the destination after the copy began stays.
/// </summary>
/// <param name="names">Lists the destination.</param>
/// <param name="calls">Looks at the source, deletes at the destination.</param>
/// <param name="time">Clock of the pauses.</param>
internal sealed class CopyPrune(WalkNames names, ObjectCalls calls, TimeProvider time)
{
    /// <summary>How often one name is tried when somebody does not answer; the pauses in between grow.</summary>
    private const int MaxAttempts = 8;

    /// <summary>Goes through all names of the destination that the copy could have made.</summary>
    /// <exception cref="StoreException">When they cannot be listed; what goes wrong with one is kept as its error.</exception>
    public async Task RunAsync(WalkJob job, CopyMessage message, CancellationToken cancellation)
    {
        var (before, asked) = (message.Prepend ?? "", job.Record.Work.Names);
        var prefix = before + asked.PrefixOfWalk;
        var list = new NameList(
            job.Destination!, () => job.DestinationProps,
            new NamesMessage { Prefix = prefix, NonRecursive = asked.NonRecursive }, () => job.Metadata);
        await foreach (var page in names.OfClusterAsync(list, cancellation).ConfigureAwait(false))
        {
            foreach (var name in page.Names)
            {
                if (name.Length > before.Length && calls.FindOwner(job.Destination!, name)?.Id == calls.Self)
                {
                    await TryAsync(job, name[before.Length..], name, cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Deletes a name at the destination when the source does not have what it was made of.</summary>
    /// <exception cref="StoreException">When it is not known, or could not be deleted.</exception>
    public async Task RunOneAsync(WalkJob job, string source, string copy, CancellationToken cancellation)
    {
        var size = await calls.FindSizeAsync((job.Bucket, job.Props, source), latest: true, cancellation).ConfigureAwait(false);
        if (size is null)
        {
            await calls
                .DeleteAsync(job.Destination!, job.DestinationProps, copy, job.StartedMilliseconds, cancellation)
                .ConfigureAwait(false);
        }
    }

    private async Task TryAsync(WalkJob job, string source, string copy, CancellationToken cancellation)
    {
        var pause = WalkLimits.ShortestPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunOneAsync(job, source, copy, cancellation).ConfigureAwait(false);
                return;
            }
            catch (StoreException error) when (attempt < MaxAttempts
                && error.Code is StoreErrorCode.NotReady or StoreErrorCode.Unreachable or StoreErrorCode.Busy)
            {
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                pause = pause * 2 < WalkLimits.LongestPause ? pause * 2 : WalkLimits.LongestPause;
            }
            catch (StoreException error) when (error.Code != StoreErrorCode.BucketNotFound)
            {
                job.Progress.AddError($"{job.Destination}/{copy}", error.Message);
                return;
            }
        }
    }
}
