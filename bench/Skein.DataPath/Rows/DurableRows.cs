using System.Diagnostics;
using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;
using Skein.DataPath.Servers;
using Skein.TestKit;

namespace Skein.DataPath.Rows;

/// <summary>
/// PUT with the default policy by 64 writers at once, beside a program that writes, flushes and renames one file after the
/// other, and beside 64 threads of it.
/// </summary>
internal sealed class DurableRows(DataPathOptions options, Report report)
{
    private const string Section = "Durable PUT of 10 KiB, objects a second";
    private const int Size = 10 * Sizes.Kibibyte;
    private const int Writers = 64;
    private const double Limit = 5;

    public async Task RunAsync()
    {
        report.Say(Section);
        using var folder = new TempFolder();
        await using var site = await SkeinSite.StartAsync();
        List<double> one = [], many = [], skein = [];
        for (var repetition = 0; repetition <= options.Repetitions; repetition++)
        {
            var bucket = FormattableString.Invariant($"durable-{repetition}");
            await site.CreateBucketAsync(bucket, "disk");
            var script = folder.WriteFile("put.lua", System.Text.Encoding.UTF8.GetBytes(
                Wrk.Store($"/v1/objects/{bucket}/o-", await site.MarksAsync(bucket), Size)));
            var run = await Wrk.RunAsync(site.Target.Url, script, options.Seconds, Writers);
            await site.DestroyBucketAsync(bucket);
            if (repetition == 0)
            {
                continue;
            }
            skein.Add(run.Requests / run.Time.TotalSeconds);
            one.Add(await FlushEachAsync(folder, 1));
            many.Add(await FlushEachAsync(folder, Writers));
        }
        var (alone, together, reached) = (Figure.Middle(one), Figure.Middle(many), Figure.Middle(skein));
        report.Add(new Row(
            Section, $"{Writers} writers",
            [("one flush each, one thread", alone), ($"one flush each, {Writers} threads", together), (Columns.Skein, reached)])
        {
            Judged = (reached / alone, "x one thread"),
            Limit = Limit,
            IsLeast = true,
        });
    }

    /// <summary>Files a second that are written, flushed and renamed.</summary>
    private async Task<double> FlushEachAsync(TempFolder folder, int threads)
    {
        var content = Payloads.Bytes(Size, 1);
        var home = folder.CreateFolder("flushed");
        var length = TimeSpan.FromSeconds(options.Seconds);
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var count = 0;
                for (; Stopwatch.GetElapsedTime(started) < length; count++)
                {
                    var path = Path.Combine(home, FormattableString.Invariant($"{thread}-{count}"));
                    using (var file = File.OpenHandle(path + ".work", FileMode.CreateNew, FileAccess.Write))
                    {
                        RandomAccess.Write(file, content, 0);
                        RandomAccess.FlushToDisk(file);
                    }
                    File.Move(path + ".work", path);
                }
                return count;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var rate = counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Directory.Delete(home, recursive: true);
        return rate;
    }
}
