using System.Globalization;
using Skein.Cli.Output;
using Spectre.Console;

namespace Skein.Cli.Transfers;

/// <summary>
/// Shows how far a transfer has come, on standard error: a bar in a terminal, otherwise a line every few seconds.
/// </summary>
/// <param name="host">Where to show it.</param>
/// <param name="quiet">True to show nothing.</param>
internal sealed class TransferProgress(CliHost host, bool quiet) : IProgress<long>
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private long _objects;
    private long _bytes;

    /// <summary>Bytes moved so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Objects done so far.</summary>
    public long Objects => Volatile.Read(ref _objects);

    /// <summary>Adds bytes; a negative number takes back what has to be sent again.</summary>
    public void Report(long value) => Interlocked.Add(ref _bytes, value);

    /// <summary>Counts an object as done.</summary>
    public void ObjectDone() => Interlocked.Increment(ref _objects);

    /// <summary>Runs the work and shows its progress meanwhile.</summary>
    /// <param name="title">What is done, for example <c>PUT</c>.</param>
    /// <param name="totalObjects">Number of objects in all; null when not known.</param>
    /// <param name="totalBytes">Bytes in all; null when not known.</param>
    /// <param name="work">The work.</param>
    public async Task ShowAsync(string title, long? totalObjects, long? totalBytes, Func<Task> work)
    {
        if (quiet)
        {
            await work();
        }
        else if (host.Error.Profile.Out.IsTerminal && host.Error.Profile.Capabilities.Interactive)
        {
            await BarAsync(title, totalObjects, totalBytes, work);
        }
        else
        {
            await LinesAsync(title, totalObjects, totalBytes, work);
        }
    }

    private Task BarAsync(string title, long? totalObjects, long? totalBytes, Func<Task> work)
    {
        var progress = host.Error.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = 24 },
            new PercentageColumn(),
            new TransferSpeedColumn(),
            new RemainingTimeColumn());
        return progress.StartAsync(async context =>
        {
            var bar = context.AddTask(title, maxValue: Math.Max(totalBytes ?? totalObjects ?? 1, 1));
            bar.IsIndeterminate = totalBytes is null && totalObjects is null;
            await WatchAsync(work, BarInterval, () =>
            {
                bar.Value = totalBytes is null ? Objects : Bytes;
                bar.Description = Markup.Escape($"{title} {Objects}{Of(totalObjects)}");
            });
        });
    }

    private async Task LinesAsync(string title, long? totalObjects, long? totalBytes, Func<Task> work)
    {
        var started = host.Time.GetTimestamp();
        await WatchAsync(work, LineInterval, () =>
        {
            var elapsed = host.Time.GetElapsedTime(started);
            var of = totalBytes is null ? "" : " of " + host.Size(totalBytes.Value);
            host.Error.Profile.Out.Writer.WriteLine(
                $"{title}: {Objects}{Of(totalObjects)} objects, {host.Size(Bytes)}{of}, "
                    + $"{SizeText.Duration(elapsed)}, {SizeText.Rate(Bytes, elapsed)}");
        });
    }

    private async Task WatchAsync(Func<Task> work, TimeSpan interval, Action show)
    {
        var running = work();
        using var ended = new CancellationTokenSource();
        while (await Task.WhenAny(running, Task.Delay(interval, host.Time, ended.Token)) != running)
        {
            show();
        }
        await ended.CancelAsync();
        await running;
    }

    private static string Of(long? total) =>
        total is null ? "" : string.Create(CultureInfo.InvariantCulture, $"/{total}");
}
