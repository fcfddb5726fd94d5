using System.Globalization;

namespace Skein.Cli.Bench;

/// <summary>Parts with a weight after a colon, as <c>get:70</c>.</summary>
internal static class Weights
{
    /// <summary>Largest weight.</summary>
    public const int Max = 1_000_000;

    /// <summary>Takes a part and its weight apart; without one it is 1.</summary>
    /// <exception cref="CliException">When the weight is no number from 1 to <see cref="Max"/>.</exception>
    public static (string Part, int Weight) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return (text.Trim(), 1);
        }
        return int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var weight)
            && weight is >= 1 and <= Max
            ? (text[..colon].Trim(), weight)
            : throw new CliException($"\"{text}\": the weight after the colon is a number from 1 to {Max}");
    }
}
