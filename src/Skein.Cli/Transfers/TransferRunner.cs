using System.Collections.Concurrent;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Errors;

namespace Skein.Cli.Transfers;

/// <summary>Moves many objects at once with a bounded number of workers, and keeps account of what failed.</summary>
/// <param name="host">Clock and console.</param>
/// <param name="progress">Shows how far it has come.</param>
internal sealed class TransferRunner(CliHost host, TransferProgress progress)
{
    /// <summary>How many failures are listed one by one.</summary>
    public const int MaxListedFailures = 20;

    /// <summary>After how many failures the rest is not tried any more.</summary>
    public const int MaxFailures = 100;

    /// <summary>Most workers.</summary>
    public const int MaxWorkers = 256;

    private readonly ConcurrentQueue<TransferFailure> _failures = new();
    private long _failed;

    /// <summary>Runs the work on each item.</summary>
    /// <param name="items">The items; read as workers become free.</param>
    /// <param name="nameOf">How an item is called in the list of failures.</param>
    /// <param name="work">What is done with an item.</param>
    /// <param name="workers">How many items are worked on at once, 1 to <see cref="MaxWorkers"/>.</param>
    /// <param name="cancellation">Ends the work.</param>
    public async Task<TransferReport> RunAsync<T>(
        IAsyncEnumerable<T> items,
        Func<T, string> nameOf,
        Func<T, CancellationToken, ValueTask> work,
        int workers,
        CancellationToken cancellation)
    {
        var started = host.Time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = stop.Token };
        try
        {
            await Parallel.ForEachAsync(items, options, async (item, token) =>
            {
                try
                {
                    await work(item, token);
                    progress.ObjectDone();
                }
                catch (Exception e) when (e is SkeinException or StoreException or IOException
                    or UnauthorizedAccessException or CliException)
                {
                    if (_failures.Count < MaxListedFailures)
                    {
                        _failures.Enqueue(new TransferFailure(nameOf(item), ErrorText.Describe(e)));
                    }
                    if (Interlocked.Increment(ref _failed) == MaxFailures)
                    {
                        await stop.CancelAsync();
                    }
                }
            });
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Too much has failed; the report says so.
        }
        return new TransferReport
        {
            Objects = progress.Objects,
            Bytes = progress.Bytes,
            Seconds = Math.Round(host.Time.GetElapsedTime(started).TotalSeconds, 3),
            Failed = _failed,
            Errors = [.. _failures.Take(MaxListedFailures).OrderBy(failure => failure.Name, StringComparer.Ordinal)],
            StoppedEarly = _failed >= MaxFailures,
        };
    }

    /// <summary>Writes what came of it: one line, and the failures on standard error.</summary>
    /// <param name="report">The report.</param>
    /// <param name="done">What was done, for example <c>PUT</c>.</param>
    /// <param name="unit">What the items are called, in the singular.</param>
    /// <param name="where">Where to or from, for example <c>=&gt; ais://b</c>.</param>
    /// <param name="json">True for JSON.</param>
    /// <returns>The exit code: 1 when anything failed.</returns>
    public int Conclude(TransferReport report, string done, string unit, string where, bool json)
    {
        if (json)
        {
            CliJsonContext.Write(host.Writer, report, CliJsonContext.Output.TransferReport);
        }
        else
        {
            var time = TimeSpan.FromSeconds(report.Seconds);
            var amount = report.Bytes == 0 ? "" : $" ({host.Size(report.Bytes)})";
            var rate = report.Bytes == 0 || report.Seconds == 0 ? "" : $", {SizeText.Rate(report.Bytes, time)}";
            host.Writer.WriteLine(
                $"{done} {report.Objects} {unit}{(report.Objects == 1 ? "" : "s")}{amount} {where} "
                    + $"in {SizeText.Duration(time)}{rate}");
        }
        if (report.Failed == 0)
        {
            return 0;
        }
        var error = host.Error.Profile.Out.Writer;
        error.WriteLine($"Error: {report.Failed} {unit}{(report.Failed == 1 ? "" : "s")} failed:");
        foreach (var failure in report.Errors)
        {
            error.WriteLine($"  {failure.Name}: {failure.Error}");
        }
        if (report.Failed > report.Errors.Count)
        {
            error.WriteLine($"  and {report.Failed - report.Errors.Count} more");
        }
        if (report.StoppedEarly)
        {
            error.WriteLine($"Stopped after {MaxFailures} failures; the rest was not tried.");
        }
        return 1;
    }
}
