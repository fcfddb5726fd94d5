using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Client.Jobs;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Bench;

/// <summary>A benchmark from the first object that is stored for it to the last that is removed.</summary>
/// <param name="host">Clock and console.</param>
/// <param name="client">The client.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="prefix">What the names of this run begin with.</param>
/// <param name="plan">What to do.</param>
/// <param name="quiet">True to show no progress.</param>
internal sealed class BenchSession(
    CliHost host, SkeinClient client, BucketName bucket, string prefix, BenchPlan plan, bool quiet)
{
    /// <summary>Objects that are stored at once beforehand.</summary>
    private const int PrepareWorkers = 16;

    /// <summary>Everything: prepare, run in this process or in several, clean up.</summary>
    /// <param name="processes">Starts other processes.</param>
    /// <param name="keep">True to leave the objects.</param>
    /// <param name="cancellation">Ends the run early; what was stored is removed all the same.</param>
    public async Task<BenchDocument> WholeAsync(BenchProcesses processes, bool keep, CancellationToken cancellation)
    {
        var isNew = await client.Buckets.HeadAsync(bucket, cancellation) is null;
        if (isNew)
        {
            await client.Buckets.CreateAsync(bucket, cancellation: cancellation);
        }
        try
        {
            await PrepareAsync(cancellation);
            return plan.Processes == 1
                ? await new BenchSession(host, client, bucket, prefix, plan with { Part = 0 }, quiet).PartAsync(cancellation)
                : BenchProcesses.Sum(plan, await processes.RunAsync(plan, bucket, prefix, cancellation));
        }
        finally
        {
            if (!keep)
            {
                await CleanUpAsync(isNew);
            }
        }
    }

    /// <summary>The measured part, in this process.</summary>
    public async Task<BenchDocument> PartAsync(CancellationToken cancellation)
    {
        var target = new ClusterTarget(client, bucket, prefix, plan);
        await StoreAsync("Storing", ClusterTarget.PreparedDeletable(plan), target.PrepareDeletableAsync, cancellation);
        var progress = new TransferProgress(host, quiet);
        var run = new BenchRun(plan, target, host.Time, bytes =>
        {
            progress.Report(bytes);
            progress.ObjectDone();
        });
        var started = host.Time.GetUtcNow() + plan.WarmUp;
        IReadOnlyList<BenchResult> results = [];
        var time = TimeSpan.Zero;
        await progress.ShowAsync(
            plan.Mix.Text, plan.Count, null, async () => (results, time) = await run.RunAsync(cancellation));
        return new BenchDocument
        {
            Started = started,
            Bucket = bucket.ToString(),
            Mix = plan.Mix.Text,
            Sizes = plan.Sizes.Text,
            Workers = plan.Workers,
            Processes = 1,
            Rate = plan.Rate,
            Seconds = Math.Round(time.TotalSeconds, 3),
            Results = results,
        };
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        var target = new ClusterTarget(client, bucket, prefix, plan);
        await StoreAsync("Storing", ClusterTarget.Prepared(plan), target.PrepareAsync, cancellation);
        await StoreAsync("Archives", ClusterTarget.PreparedArchives(plan), target.PrepareArchiveAsync, cancellation);
    }

    private async Task StoreAsync(
        string title, int count, Func<int, CancellationToken, Task<long>> store, CancellationToken cancellation)
    {
        if (count == 0)
        {
            return;
        }
        var progress = new TransferProgress(host, quiet);
        var options = new ParallelOptions { MaxDegreeOfParallelism = PrepareWorkers, CancellationToken = cancellation };
        await progress.ShowAsync(title, count, null, () => Parallel.ForAsync(0, count, options, async (index, token) =>
        {
            progress.Report(await store(index, token));
            progress.ObjectDone();
        }));
    }

    /// <summary>Not cancelled: whoever presses Ctrl-C wants it to end, and nothing to be left behind.</summary>
    private async Task CleanUpAsync(bool bucketToo)
    {
        try
        {
            if (bucketToo)
            {
                await client.Buckets.DestroyAsync(bucket);
                return;
            }
            var job = await client.BucketJobs.DeleteObjectsAsync(bucket, new NamesMessage { Prefix = prefix });
            await client.Jobs.WaitAsync(new JobMessage { Id = job }, new JobWaitOptions(), null);
        }
        catch (SkeinException e)
        {
            host.Error.Profile.Out.Writer.WriteLine(
                $"Warning: objects of this run are left in {bucket}: {e.Message}\n"
                    + $"Hint: remove them with 'skein rmo {bucket} --prefix {prefix}'");
        }
    }
}
