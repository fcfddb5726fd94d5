using System.Globalization;
using Skein.Cli.Output;

namespace Skein.Cli.Bench;

/// <summary>
/// How large the objects of a run are: one size (<c>10KiB</c>), any size between two (<c>4KiB..1MiB</c>, equally likely), or
/// several of these with weights (<c>4KiB:70,1MiB..8MiB:30</c>).
/// </summary>
internal sealed class SizeDistribution
{
    /// <summary>Largest size, in bytes.</summary>
    public const long MaxSize = 1L << 40;

    private readonly IReadOnlyList<Range> _ranges;
    private readonly int _total;

    private SizeDistribution(string text, IReadOnlyList<Range> ranges)
    {
        Text = text;
        _ranges = ranges;
        _total = ranges.Sum(range => range.Weight);
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The largest size that can come, in bytes.</summary>
    public long Largest => _ranges.Max(range => range.To);

    /// <summary>Reads a distribution.</summary>
    /// <exception cref="CliException">When it is none; says which part.</exception>
    public static SizeDistribution Parse(string text) =>
        new(text, [.. text.Split(',').Select(ParseRange)]);

    /// <summary>The next size, in bytes.</summary>
    public long Next(Random random)
    {
        var at = random.Next(_total);
        foreach (var range in _ranges)
        {
            if (at < range.Weight)
            {
                return random.NextInt64(range.From, range.To + 1);
            }
            at -= range.Weight;
        }
        throw new InvalidOperationException("the weights do not add up");
    }

    private static Range ParseRange(string part)
    {
        var (sizes, weight) = Weights.Split(part);
        var bounds = sizes.Split("..");
        if (bounds.Length > 2
            || !SizeText.TryParse(bounds[0], out var from)
            || !SizeText.TryParse(bounds[^1], out var to)
            || to > MaxSize)
        {
            throw new CliException($"--size: \"{part}\" is no size", "write 10KiB, 4KiB..1MiB, or 4KiB:70,1MiB:30");
        }
        return from <= to
            ? new Range(from, to, weight)
            : throw new CliException(string.Create(
                CultureInfo.InvariantCulture, $"--size: \"{part}\" ends before it begins"));
    }

    private sealed record Range(long From, long To, int Weight);
}
