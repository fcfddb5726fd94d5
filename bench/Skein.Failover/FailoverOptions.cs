using System.Globalization;

namespace Skein.Failover;

/// <summary>What is measured, and how often.</summary>
/// <param name="Kills">Kills of the primary, and of etcd's leader.</param>
/// <param name="Joins">Joins of a new target, restarts, and rejoins with wiped disks: so many of each.</param>
/// <param name="Observers">Observers that a change has to reach; 0 leaves that out.</param>
/// <param name="Etcd">Measure etcd as well, where it is installed.</param>
/// <param name="Json">Print JSON instead of a table.</param>
internal sealed record FailoverOptions(int Kills, int Joins, int Observers, bool Etcd, bool Json)
{
    private const int Most = 10_000;
    private const int MostObservers = 1000;

    public const string Usage = """
        Usage: ./dev bench failover [--kills N] [--joins N] [--observers N] [--no-etcd] [--json]

          --kills N      kill the primary N times (20), and etcd's leader
          --joins N      N joins of a new target, N restarts, N rejoins with wiped disks (5)
          --observers N  how long a change takes to N observers (200; 0 leaves it out)
          --no-etcd      do not measure etcd (Debian package etcd-server)
          --json         figures as JSON on standard output; progress goes to standard error
        """;

    /// <summary>Reads the command line; null when it makes no sense.</summary>
    public static FailoverOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new FailoverOptions(20, 5, 200, true, false);
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--no-etcd":
                    options = options with { Etcd = false };
                    continue;
                case "--json":
                    options = options with { Json = true };
                    continue;
            }
            if (i + 1 >= arguments.Count
                || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number > Most)
            {
                return null;
            }
            switch (arguments[i++])
            {
                case "--kills":
                    options = options with { Kills = number };
                    break;
                case "--joins":
                    options = options with { Joins = number };
                    break;
                case "--observers" when number <= MostObservers:
                    options = options with { Observers = number };
                    break;
                default:
                    return null;
            }
        }
        return options;
    }
}
