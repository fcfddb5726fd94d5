using System.Globalization;

namespace Skein.DataPath;

/// <summary>What is measured, and how long.</summary>
/// <param name="Quick">Fewer and shorter runs, fewer names.</param>
/// <param name="Json">Print JSON instead of tables.</param>
/// <param name="Areas">Which parts to run.</param>
/// <param name="Names">Names of the bucket that is listed; null for the default.</param>
/// <param name="Minutes">Length of the mixed load under which the memory is watched; null for the default.</param>
internal sealed record DataPathOptions(
    bool Quick, bool Json, IReadOnlyCollection<string> Areas, int? Names, int? Minutes)
{
    private const int MostNames = 10_000_000;
    private const int MostMinutes = 24 * 60;

    public const string Get = "get";
    public const string Put = "put";
    public const string Durable = "durable";
    public const string Redirect = "redirect";
    public const string List = "list";
    public const string Start = "start";
    public const string Memory = "memory";

    private static readonly string[] AllAreas = [Get, Put, Durable, Redirect, List, Start, Memory];

    public const string Usage = """
        Usage: ./dev bench data-path [--quick] [--json] [--aot] [--only AREA,...] [--names N] [--minutes N]

          --quick        fewer and shorter runs, 100,000 names, a minute of mixed load: about seven minutes
          --json         figures as JSON on standard output; progress goes to standard error
          --aot          measure the programs compiled ahead of time
          --only AREAS   some of: get, put, durable, redirect, list, start, memory
          --names N      names in the bucket that is listed (1,000,000)
          --minutes N    minutes of mixed load under which the memory is watched (10)
        """;

    /// <summary>Counted runs of each server in each row.</summary>
    public int Repetitions => Quick ? 3 : 7;

    /// <summary>Length of a run.</summary>
    public int Seconds => Quick ? 1 : 2;

    public int NameCount => Names ?? (Quick ? 100_000 : 1_000_000);

    public int LoadMinutes => Minutes ?? (Quick ? 1 : 10);

    /// <summary>Reads the command line; null when it makes no sense.</summary>
    public static DataPathOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new DataPathOptions(false, false, AllAreas, null, null);
        for (var i = 0; i < arguments.Count; i++)
        {
            var next = i + 1 < arguments.Count ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    break;
                case "--json":
                    options = options with { Json = true };
                    break;
                case "--only" when next.Split(',') is var areas && areas.All(AllAreas.Contains):
                    options = options with { Areas = areas };
                    i++;
                    break;
                case "--names" when Number(next, MostNames) is { } names:
                    options = options with { Names = names };
                    i++;
                    break;
                case "--minutes" when Number(next, MostMinutes) is { } minutes:
                    options = options with { Minutes = minutes };
                    i++;
                    break;
                default:
                    return null;
            }
        }
        return options;
    }

    private static int? Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : null;
}
