using System.Diagnostics;
using Skein.Simulator.Runs;
using Skein.Simulator.Transcripts;
using Skein.Simulator.World;

namespace Skein.SimTests.Consensus;

/// <summary>The simulator as a program: the same seed is the same run, and a failure says how to see it again.</summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void The_same_seed_is_the_same_run(int seed)
    {
        var digests = Enumerable.Range(0, 2).Select(_ =>
        {
            var transcript = new Transcript(1);
            new RunOptions().Run(seed, transcript);
            Assert.True(transcript.Count > 1000);
            return transcript.Digest;
        }).ToList();
        Assert.Equal(digests[0], digests[1]);
        var other = new Transcript(1);
        new RunOptions().Run(seed + Scenario.Known.Count, other);
        Assert.NotEqual(digests[0], other.Digest);
    }

    [Fact]
    public async Task It_is_the_same_in_another_process()
    {
        // Hashes of texts differ from process to process; nothing in a run may depend on them.
        var transcript = new Transcript(1);
        new RunOptions().Run(5, transcript);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Skein.Simulator"), ["--seed", "5"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains($"digest {transcript.Digest}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_says_what_broke_and_how_to_see_it_again()
    {
        var (code, text) = Run("--seed", "1", "--seeds", "50", "--mutation", "NoCheckQuorum");
        Assert.Equal(1, code);
        var command = text.Split('\n').Last(line => line.Contains("./dev sim --seed", StringComparison.Ordinal)).Trim();
        Assert.Contains("no primary without a majority", text, StringComparison.Ordinal);
        Assert.Contains("is the primary now", text, StringComparison.Ordinal);
        Assert.DoesNotContain("not deterministic", text, StringComparison.Ordinal);
        var (again, textAgain) = Run(command.Split(' ')[2..]);
        Assert.Equal(1, again);
        Assert.EndsWith(text[^300..], textAgain, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_can_be_cut_short()
    {
        var (code, text) = Run("--seed", "1", "--steps", "500");
        Assert.Equal(0, code);
        Assert.Contains(" 501 events", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seed")]
    [InlineData("--seed", "many")]
    [InlineData("--scenario", "no-such-scenario", "--seed", "1")]
    [InlineData("--mutation", "NoSuchMutation")]
    [InlineData("--frobnicate")]
    public void A_wrong_command_line_is_refused(params string[] arguments) => Assert.Equal(2, Run(arguments).Code);

    [Theory]
    [InlineData("proxies = 0")]
    [InlineData("proxies")]
    [InlineData("proxies = three")]
    [InlineData("loss = 1.5")]
    [InlineData("fault meteor = 3")]
    public void A_scenario_that_makes_no_sense_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Scenario.Parse("test", text));

    [Fact]
    public void A_scenario_is_read()
    {
        var scenario = Scenario.Parse("test", "# comment\nproxies = 5 # five\nloss = 0.25\nfault wipe = 7\n");
        Assert.Equal((5, 0.25), (scenario.Proxies, scenario.Loss));
        Assert.Contains(("wipe", 7), scenario.Faults);
    }

    private static (int Code, string Text) Run(params string[] arguments)
    {
        var output = new StringWriter();
        return (Commands.Run(arguments, output, TimeProvider.System), output.ToString());
    }
}
