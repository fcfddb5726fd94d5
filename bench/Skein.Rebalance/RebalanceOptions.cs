using System.Globalization;

namespace Skein.Rebalance;

/// <summary>What is measured.</summary>
internal sealed record RebalanceOptions(int SmallObjects, int LargeObjects, int ForegroundObjects)
{
    public const string Usage =
        "Usage: ./dev bench rebalance [--small N] [--large N] [--foreground N]\n"
        + "  a target joins one that holds N objects: how fast they move, how many bytes, and what readers notice";

    public static RebalanceOptions? Parse(string[] arguments)
    {
        var options = new RebalanceOptions(20_000, 400, 20_000);
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (!int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            {
                return null;
            }
            switch (arguments[i])
            {
                case "--small":
                    options = options with { SmallObjects = number };
                    break;
                case "--large":
                    options = options with { LargeObjects = number };
                    break;
                case "--foreground":
                    options = options with { ForegroundObjects = number };
                    break;
                default:
                    return null;
            }
        }
        return arguments.Length % 2 == 0 ? options : null;
    }
}
