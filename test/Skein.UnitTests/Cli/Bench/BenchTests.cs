using Microsoft.Extensions.Time.Testing;
using Skein.Cli;
using Skein.Cli.Bench;
using Skein.Client;
using Skein.Core.Buckets;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli.Bench;

/// <summary>What <c>skein bench</c> does and how it measures.</summary>
public sealed class BenchTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Sizes_come_from_every_part_of_a_distribution_by_weight()
    {
        var sizes = SizeDistribution.Parse("4KiB:3,1MiB..2MiB");
        var random = new Random(1);
        var seen = Enumerable.Range(0, 4000).Select(_ => sizes.Next(random)).ToList();
        Assert.All(seen, size => Assert.True(size == 4096 || size is >= 1 << 20 and <= 2 << 20));
        Assert.InRange(seen.Count(size => size == 4096), 2800, 3200);
        Assert.Equal(2 << 20, sizes.Largest);
        Assert.Equal(7, SizeDistribution.Parse("7").Next(random));
    }

    [Theory]
    [InlineData("big")]
    [InlineData("1KiB:0")]
    [InlineData("2KiB..1KiB")]
    [InlineData("1..2..3")]
    [InlineData("")]
    public void What_is_no_size_is_refused(string text) =>
        Assert.Throws<CliException>(() => SizeDistribution.Parse(text));

    [Fact]
    public void A_mix_is_read_and_chosen_from_by_weight()
    {
        var mix = BenchMix.Parse("get:3,put");
        Assert.Equal("get:3,put:1", mix.Text);
        var random = new Random(1);
        Assert.InRange(Enumerable.Range(0, 4000).Count(_ => mix.Next(random) == BenchOperation.Get), 2800, 3200);
        Assert.Throws<CliException>(() => BenchMix.Parse("get,get"));
        Assert.Contains("archive", Assert.Throws<CliException>(() => BenchMix.Parse("fly")).Hint, StringComparison.Ordinal);
        Assert.Equal(BenchMix.Default, BenchMix.Parse(BenchMix.Default).Text);
    }

    [Fact]
    public async Task Operations_that_wait_for_a_stall_count_with_their_wait()
    {
        var time = new FakeTimeProvider();
        // The first operation takes a second; the others take no time, but were due meanwhile.
        var target = new Target((number, _) =>
        {
            time.Advance(number == 0 ? Second : TimeSpan.Zero);
            return new BenchDone(BenchOperation.Get, 10);
        });
        var plan = Plan(BenchOperation.Get) with { Rate = 10, Count = 10, Duration = null };
        var (results, counted) = await new BenchRun(plan, target, time, _ => { }).RunAsync(Cancel);
        var result = Assert.Single(results);
        Assert.Equal((10, 0, 100), (result.Count, result.Errors, result.Bytes));
        Assert.Equal(Second, counted);
        Assert.InRange(result.Max, 999_000, 1_001_000);
        Assert.InRange(result.P50, 490_000, 610_000);
        Assert.InRange(result.Min, 99_000, 101_000);
    }

    [Fact]
    public async Task Without_a_rate_the_time_of_each_request_is_measured()
    {
        var time = new FakeTimeProvider();
        var target = new Target((number, _) =>
        {
            time.Advance(number == 0 ? Second : TimeSpan.FromMilliseconds(2));
            return new BenchDone(BenchOperation.Get, 1);
        });
        var plan = Plan(BenchOperation.Get) with { Count = 101, Duration = null };
        var (results, counted) = await new BenchRun(plan, target, time, _ => { }).RunAsync(Cancel);
        Assert.InRange(results[0].P50, 1990, 2010);
        Assert.InRange(results[0].Max, 999_000, 1_001_000);
        Assert.Equal(TimeSpan.FromMilliseconds(1200), counted);
        Assert.Equal(Math.Round(101 / 1.2, 2), results[0].PerSecond);
    }

    [Fact]
    public async Task The_warm_up_is_not_counted_and_time_ends_the_run()
    {
        var time = new FakeTimeProvider();
        var target = new Target((_, _) =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return new BenchDone(BenchOperation.Get, 1);
        });
        var plan = Plan(BenchOperation.Get) with { WarmUp = Second, Duration = 2 * Second };
        var (results, counted) = await new BenchRun(plan, target, time, _ => { }).RunAsync(Cancel);
        Assert.Equal(30, target.Calls);
        Assert.Equal((20, 2 * Second), (results[0].Count, counted));
    }

    [Fact]
    public async Task Errors_are_counted_apart_with_the_first_reason()
    {
        var time = new FakeTimeProvider();
        var target = new Target((number, _) =>
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            return number % 2 == 0 ? new BenchDone(BenchOperation.Get, 1) : throw new SkeinException($"no {number}");
        });
        var plan = Plan(BenchOperation.Get) with { Count = 10, Duration = null };
        var (results, _) = await new BenchRun(plan, target, time, _ => { }).RunAsync(Cancel);
        Assert.Equal((5, 5, "no 1"), (results[0].Count, results[0].Errors, results[0].FirstError));
    }

    [Fact]
    public void The_results_of_processes_are_added_up()
    {
        var plan = Plan(BenchOperation.Put) with { Workers = 5, Processes = 2, Rate = 100, Count = 7 };
        var parts = new[] { 1, 3 }.Select(milliseconds =>
        {
            var recorder = new LatencyRecorder(BenchOperation.Put);
            for (var i = 0; i < 10; i++)
            {
                recorder.Succeeded(TimeSpan.FromMilliseconds(milliseconds), 100);
            }
            return Document(plan, recorder.Result(Second));
        }).ToList();
        var sum = BenchProcesses.Sum(plan, parts);
        var result = Assert.Single(sum.Results);
        Assert.Equal((20, 2000, 20.0), (result.Count, result.Bytes, result.PerSecond));
        Assert.InRange(result.P50, 999, 1001);
        Assert.InRange(result.P99, 2995, 3005);

        var processes = new BenchProcesses("skein", "http://p:1");
        var words = processes.Arguments(plan, BucketName.Ais("b"), "x/", 1);
        Assert.Equal("2", words[words.ToList().IndexOf("--workers") + 1]);
        Assert.Equal("3", words[words.ToList().IndexOf("--count") + 1]);
        Assert.Equal("50", words[words.ToList().IndexOf("--rate") + 1]);
    }

    [Theory]
    [InlineData("fly", "ais://b")]
    [InlineData("put", "ais://b/o")]
    [InlineData("put", "ais://b", "--workers", "0")]
    [InlineData("put", "ais://b", "--duration", "soon")]
    [InlineData("put", "ais://b", "--rate", "-1")]
    [InlineData("put", "ais://b", "--size", "2GiB")]
    public async Task Wrong_usage_is_an_error_that_stores_nothing(params string[] words)
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var cli = new CliRunner(cluster);
        var result = await cli.RunAsync(["bench", .. words]);
        Assert.Equal(1, result.Code);
        Assert.StartsWith("Error: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_saved_runs_are_shown_side_by_side()
    {
        using var cli = new CliRunner();
        foreach (var (file, milliseconds) in new[] { ("a.json", 2), ("b.json", 1) })
        {
            var recorder = new LatencyRecorder(BenchOperation.Get);
            recorder.Succeeded(TimeSpan.FromMilliseconds(milliseconds), 10);
            var document = Document(Plan(BenchOperation.Get), recorder.Result(TimeSpan.FromSeconds(milliseconds)));
            cli.Write(file, System.Text.Json.JsonSerializer.Serialize(
                document, Skein.Cli.Output.CliJsonContext.Default.BenchDocument));
        }
        var result = await cli.RunAsync("bench", "compare", "a.json", "b.json");
        Assert.Equal(0, result.Code);
        var row = result.Output.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["get", "0.5", "1", "2.00", "2.00ms", "1.00ms", "0.50", "2.00ms", "1.00ms", "0.50"], row);
        Assert.Equal("", result.Error);
    }

    private static BenchPlan Plan(BenchOperation operation) => new()
    {
        Mix = BenchMix.Only(operation),
        Sizes = SizeDistribution.Parse("1KiB"),
        Workers = 1,
    };

    private static BenchDocument Document(BenchPlan plan, BenchResult result) => new()
    {
        Started = DateTimeOffset.UnixEpoch,
        Bucket = "ais://b",
        Mix = plan.Mix.Text,
        Sizes = plan.Sizes.Text,
        Workers = plan.Workers,
        Processes = 1,
        Rate = plan.Rate,
        Seconds = 1,
        Results = [result],
    };

    private sealed class Target(Func<int, BenchOperation, BenchDone?> what) : IBenchTarget
    {
        public int Calls { get; private set; }

        public Task<BenchDone?> DoAsync(BenchOperation operation, Random random, CancellationToken cancellation) =>
            Task.FromResult(what(Calls++, operation));
    }
}
