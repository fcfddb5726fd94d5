using System.Globalization;

namespace Skein.Simulator.World;

/// <summary>A cluster and what happens to it, as data. The text form is described in docs/reference/simulator.md.</summary>
internal sealed record Scenario
{
    public string Name { get; init; } = "unnamed";

    /// <summary>Nodes of the first document.</summary>
    public int Proxies { get; init; } = 3;

    public int Targets { get; init; } = 2;

    /// <summary>Proxies that come later, as nodes that nobody knows.</summary>
    public int Newcomers { get; init; }

    /// <summary>Proxies that are started with --bootstrap and the URLs of the others.</summary>
    public int Founders { get; init; }

    public int Clients { get; init; } = 3;

    /// <summary>Simulated milliseconds with faults.</summary>
    public long FaultTime { get; init; } = 20_000;

    /// <summary>Simulated milliseconds after the last fault within which all must be well.</summary>
    public long QuietTime { get; init; } = 8_000;

    /// <summary>Shares of messages, 0 to 1, that are lost, doubled, and late by up to 1.5 s.</summary>
    public double Loss { get; init; } = 0.05;

    public double Duplicates { get; init; } = 0.05;

    public double Late { get; init; } = 0.05;

    /// <summary>Share of writes to disk that end in a crash before, and again after the write.</summary>
    public double CrashAtWrite { get; init; } = 0.002;

    /// <summary>Largest error of a node's clock rate, as a share: 0.03 is 3 percent.</summary>
    public double Drift { get; init; } = 0.03;

    /// <summary>Share of the seeds in which the production file code runs over a simulated disk.</summary>
    public double RealFiles { get; init; } = 0.25;

    /// <summary>Longest time between two faults, in milliseconds.</summary>
    public int FaultInterval { get; init; } = 900;

    /// <summary>How often each fault comes, compared with the others.</summary>
    public IReadOnlyList<(string Fault, int Weight)> Faults { get; init; } = Nemesis.DefaultWeights;

    /// <summary>Names of the scenarios that come with the program, in order.</summary>
    public static IReadOnlyList<string> Known { get; } =
        [.. typeof(Scenario).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)];

    /// <summary>The scenario of a seed when none is chosen: all that come with the program, in turn.</summary>
    public static Scenario OfSeed(int seed) => Load(Known[seed % Known.Count]);

    /// <summary>Loads a scenario by its name or by the path of a file.</summary>
    /// <exception cref="FormatException">When the text makes no sense.</exception>
    public static Scenario Load(string nameOrPath)
    {
        if (File.Exists(nameOrPath))
        {
            return Parse(Path.GetFileNameWithoutExtension(nameOrPath), File.ReadAllText(nameOrPath));
        }
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(nameOrPath, out var scenario))
            {
                using var stream = typeof(Scenario).Assembly.GetManifestResourceStream(nameOrPath)
                    ?? throw new FormatException(
                        $"there is no file and no scenario {nameOrPath}; there are: {string.Join(", ", Known)}");
                using var reader = new StreamReader(stream);
                scenario = Parse(nameOrPath, reader.ReadToEnd());
                Loaded.Add(nameOrPath, scenario);
            }
            return scenario;
        }
    }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">When a line makes no sense.</exception>
    public static Scenario Parse(string name, string text)
    {
        var scenario = new Scenario { Name = name };
        foreach (var line in text.Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line.Length != 0))
        {
            var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2)
            {
                throw new FormatException($"{name}: \"{line}\" is not of the form key = value");
            }
            scenario = scenario.With(parts[0], parts[1]);
        }
        return scenario.Proxies > 0
            ? scenario
            : throw new FormatException($"{name}: a cluster needs a proxy");
    }

    private static readonly Dictionary<string, Scenario> Loaded = new(StringComparer.Ordinal);

    private Scenario With(string key, string value) => key switch
    {
        "proxies" => this with { Proxies = Whole(key, value) },
        "targets" => this with { Targets = Whole(key, value) },
        "newcomers" => this with { Newcomers = Whole(key, value) },
        "founders" => this with { Founders = Whole(key, value) },
        "clients" => this with { Clients = Whole(key, value) },
        "fault-time" => this with { FaultTime = Whole(key, value) },
        "quiet-time" => this with { QuietTime = Whole(key, value) },
        "fault-interval" => this with { FaultInterval = Math.Max(1, Whole(key, value)) },
        "loss" => this with { Loss = Share(key, value) },
        "duplicates" => this with { Duplicates = Share(key, value) },
        "late" => this with { Late = Share(key, value) },
        "crash-at-write" => this with { CrashAtWrite = Share(key, value) },
        "drift" => this with { Drift = Share(key, value) },
        "real-files" => this with { RealFiles = Share(key, value) },
        _ when key.StartsWith("fault ", StringComparison.Ordinal) => WithFault(key[6..].Trim(), Whole(key, value)),
        _ => throw new FormatException($"{Name}: unknown key \"{key}\""),
    };

    private Scenario WithFault(string fault, int weight) => Faults.Any(known => known.Fault == fault)
        ? this with { Faults = [.. Faults.Select(known => known.Fault == fault ? (fault, weight) : known)] }
        : throw new FormatException($"{Name}: unknown fault \"{fault}\"");

    private int Whole(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{Name}: {key} is \"{value}\", not a whole number");

    private double Share(string key, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= 1
            ? number
            : throw new FormatException($"{Name}: {key} is \"{value}\", not a number from 0 to 1");
}
