using System.Globalization;
using System.Security.Cryptography;
using Skein.Simulator.Transcripts;
using Skein.Simulator.World;

namespace Skein.Simulator.Runs;

/// <summary>The command line of the simulator.</summary>
internal static class Commands
{
    private const int ExitOk = 0;
    private const int ExitViolation = 1;
    private const int ExitUsage = 2;
    private const int DefaultSeeds = 1000;

    private const string Usage = """
        Usage: ./dev sim [OPTIONS]

          --seed N          the first seed; alone, runs this one seed and prints what it came to
          --seeds N         how many seeds (1000; a fresh first seed unless --seed says one)
          --steps N         end every run after N events
          --scenario F      one scenario: a name (below) or a file; all in turn when left out
          --mutation NAME   run with a known defect
          --mutations       every known defect: which checker finds it, after how many seeds
          --transcript      with --seed: print all that happened
          --exhaustive      every order of events in a small world, instead of seeds
          --depth N         how many events the small world lives

        A seed that failed fails again. The scenarios:
        """;

    /// <summary>Runs the program.</summary>
    /// <returns>0 when all is well, 1 for a violation, 2 for a wrong command line.</returns>
    public static int Run(string[] args, TextWriter output, TimeProvider time)
    {
        try
        {
            return Dispatch(Parse(args), output, time);
        }
        catch (FormatException e)
        {
            output.WriteLine(e.Message);
            return ExitUsage;
        }
    }

    private static int Dispatch(Arguments arguments, TextWriter output, TimeProvider time)
    {
        if (arguments.Help)
        {
            output.WriteLine($"{Usage}\n  {string.Join("\n  ", Scenario.Known)}");
            return ExitOk;
        }
        if (arguments.Mutations)
        {
            return MutationTable.Run(arguments.Seeds ?? MutationTable.MaxSeeds, output, time) ? ExitOk : ExitViolation;
        }
        if (arguments.IsExhaustive)
        {
            return Exhaustive.SmallWorldSearch.Run(arguments.Depth, arguments.Options.Variant, output, time)
                ? ExitOk
                : ExitViolation;
        }
        if (arguments.Seed is { } only && arguments.Seeds is null)
        {
            return RunOne(arguments.Options, only, arguments.Transcript, output);
        }
        var first = arguments.Seed ?? RandomNumberGenerator.GetInt32(1 << 20, int.MaxValue / 2);
        var count = arguments.Seeds ?? DefaultSeeds;
        output.WriteLine($"seeds {first} to {first + count - 1}");
        var failure = SeedRunner.Run(arguments.Options, first, count, output, time);
        if (failure is null)
        {
            output.WriteLine("No violation.");
            return ExitOk;
        }
        output.WriteLine(arguments.Options.Explain(failure));
        return ExitViolation;
    }

    private static int RunOne(RunOptions options, int seed, bool all, TextWriter output)
    {
        var transcript = new Transcript(all ? int.MaxValue : 1);
        var result = options.Run(seed, transcript);
        if (all)
        {
            output.WriteLine(transcript);
        }
        if (result.Violation is not null)
        {
            output.WriteLine(options.Explain(result));
            return ExitViolation;
        }
        output.WriteLine(
            $"seed {seed}, scenario {options.Of(seed).Name}: no violation; {result.Steps} events, {result.Elections} "
                + $"elections, {result.Commits} documents, {result.Acknowledged} changes and "
                + $"{result.Writes} writes acknowledged, {result.Downs} nodes called down; "
                + $"digest {transcript.Digest}");
        return ExitOk;
    }

    private static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            parsed = args[i] switch
            {
                "--seed" => parsed with { Seed = Number(args, ref i) },
                "--seeds" or "--runs" => parsed with { Seeds = Number(args, ref i) },
                "--steps" => parsed with { Options = parsed.Options with { MaxSteps = Number(args, ref i) } },
                "--scenario" => parsed with { Options = parsed.Options with { Scenario = Text(args, ref i) } },
                "--mutation" => parsed with
                {
                    Options = parsed.Options with { Variant = Variant.Find(Text(args, ref i)) },
                },
                "--mutations" => parsed with { Mutations = true },
                "--transcript" => parsed with { Transcript = true },
                "--exhaustive" => parsed with { IsExhaustive = true },
                "--depth" => parsed with { Depth = Number(args, ref i) },
                "--help" or "-h" => parsed with { Help = true },
                _ => throw new FormatException($"unknown option {args[i]}; ./dev sim --help names them"),
            };
        }
        return parsed;
    }

    private static string Text(string[] args, ref int index) =>
        ++index < args.Length ? args[index] : throw new FormatException($"{args[index - 1]} needs a value");

    private static int Number(string[] args, ref int index)
    {
        var option = args[index];
        return int.TryParse(Text(args, ref index), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{option} needs a whole number");
    }

    private sealed record Arguments
    {
        public RunOptions Options { get; init; } = new();

        public int? Seed { get; init; }

        public int? Seeds { get; init; }

        public int Depth { get; init; } = Exhaustive.SmallWorldSearch.DefaultDepth;

        public bool Mutations { get; init; }

        public bool Transcript { get; init; }

        public bool IsExhaustive { get; init; }

        public bool Help { get; init; }
    }
}
