using System.Globalization;
using System.Text;
using Skein.Core.Errors;

namespace Skein.Core.Objects;

/// <summary>
/// A template of object names: <c>o-{001..999..2}-{0..9}</c> (ranges as a shell writes them), <c>o-@100</c> (from 0), or,
/// without a range, a plain prefix. Names are made one at a time, the last range first.
/// </summary>
public sealed class NameTemplate
{
    /// <summary>Most names that one template may stand for.</summary>
    public const long MaxNames = 1_000_000_000;

    /// <summary>Most ranges of one template.</summary>
    public const int MaxRanges = 16;

    private readonly Range[] _ranges;

    private NameTemplate(string text, string prefix, Range[] ranges)
    {
        Text = text;
        Prefix = prefix;
        _ranges = ranges;
        Count = CountOf(text, ranges);
    }

    /// <summary>What was given.</summary>
    public string Text { get; }

    /// <summary>What every name begins with; the whole text when there is no range.</summary>
    public string Prefix { get; }

    /// <summary>True when the text is a plain prefix: it stands for the objects whose names begin so.</summary>
    public bool IsPrefix => _ranges.Length == 0;

    /// <summary>How many names it stands for; 0 for a prefix.</summary>
    public long Count { get; }

    /// <summary>Reads a template. A brace that is not closed is a part of a plain prefix, as in AIStore.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidTemplate"/> when a range is wrong or there are more than
    /// <see cref="MaxNames"/> names.
    /// </exception>
    public static NameTemplate Parse(string text)
    {
        if (text.Contains('{', StringComparison.Ordinal) && text.Contains('}', StringComparison.Ordinal))
        {
            return ParseBraces(text);
        }
        if (text.Contains('@', StringComparison.Ordinal))
        {
            return ParseAt(text);
        }
        var percent = text.IndexOf('%', StringComparison.Ordinal);
        return percent >= 0 && text.IndexOf('%', percent + 1) < 0
            ? throw Invalid($"template \"{Shorten(text)}\": a range needs an end, as in \"prefix-{{000..999}}-suffix\"")
            : new NameTemplate(text, text, []);
    }

    /// <summary>The names from a place on, in order.</summary>
    /// <param name="first">Place of the first name wanted, from 0.</param>
    public IEnumerable<string> Names(long first = 0)
    {
        for (var place = first; place < Count; place++)
        {
            yield return NameAt(place);
        }
    }

    /// <summary>The name at a place.</summary>
    /// <param name="place">0 to <see cref="Count"/> - 1.</param>
    public string NameAt(long place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
        Span<long> values = stackalloc long[_ranges.Length];
        for (var i = _ranges.Length - 1; i >= 0; i--)
        {
            var range = _ranges[i];
            values[i] = range.Start + (place % range.Count * range.Step);
            place /= range.Count;
        }
        var name = new StringBuilder(Prefix);
        for (var i = 0; i < _ranges.Length; i++)
        {
            var digits = values[i].ToString(CultureInfo.InvariantCulture);
            name.Append('0', Math.Max(0, _ranges[i].Digits - digits.Length)).Append(digits).Append(_ranges[i].Gap);
        }
        return name.ToString();
    }

    private static NameTemplate ParseBraces(string text)
    {
        var ranges = new List<Range>();
        var prefix = "";
        for (var at = 0; at < text.Length;)
        {
            var left = text.IndexOf('{', at);
            var right = text.IndexOf('}', at);
            var end = left < 0 ? text.Length : left;
            if (right >= 0 && right < end || left >= 0 && right < 0)
            {
                throw InvalidBraces(text);
            }
            var gap = text[at..end];
            prefix = ranges.Count == 0 ? gap : prefix;
            if (ranges.Count != 0)
            {
                ranges[^1] = ranges[^1] with { Gap = gap };
            }
            if (left < 0)
            {
                break;
            }
            ranges.Add(ParseRange(text, text[(left + 1)..right]));
            at = right + 1;
        }
        return new NameTemplate(text, prefix, [.. ranges]);
    }

    private static Range ParseRange(string text, string inside)
    {
        var parts = inside.Split("..");
        if (parts.Length is not (2 or 3))
        {
            throw InvalidBraces(text);
        }
        var step = 1L;
        if (!Number(parts[0], out var start) || !Number(parts[1], out var last)
            || (parts.Length == 3 && !Number(parts[2], out step)))
        {
            throw InvalidBraces(text);
        }
        if (start > last)
        {
            throw Invalid($"invalid 'bash' template \"{Shorten(text)}\": 'start' cannot be greater than 'end'");
        }
        if (start < 0)
        {
            throw Invalid($"invalid 'bash' template \"{Shorten(text)}\": 'start' is negative");
        }
        return step <= 0
            ? throw Invalid($"invalid 'bash' template \"{Shorten(text)}\": 'step' is non-positive")
            : new Range(start, last, step, Math.Min(parts[0].Length, parts[1].Length), "");
    }

    private static NameTemplate ParseAt(string text)
    {
        var parts = text.Split('@');
        var ranges = new List<Range>();
        foreach (var part in parts[1..])
        {
            var digits = part.TakeWhile(char.IsAsciiDigit).Count();
            if (!Number(part[..digits], out var last))
            {
                throw Invalid(
                    $"invalid 'at' template \"{Shorten(text)}\" (expecting e.g. 'prefix-@00100-suffix')");
            }
            ranges.Add(new Range(0, last, 1, digits, part[digits..]));
        }
        return new NameTemplate(text, parts[0], [.. ranges]);
    }

    private static long CountOf(string text, Range[] ranges)
    {
        if (ranges.Length > MaxRanges)
        {
            throw Invalid($"template \"{Shorten(text)}\" has {ranges.Length} ranges, at most {MaxRanges} are allowed");
        }
        var count = ranges.Length == 0 ? 0L : 1L;
        foreach (var range in ranges)
        {
            count = range.Count > MaxNames / count ? MaxNames + 1 : count * range.Count;
            if (count > MaxNames)
            {
                throw Invalid($"template \"{Shorten(text)}\" stands for more than {MaxNames} names");
            }
        }
        return count;
    }

    private static bool Number(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static StoreException InvalidBraces(string text) => Invalid(
        $"invalid 'bash' template \"{Shorten(text)}\" (expecting e.g. 'prefix-{{0001..0010..1}}-suffix')");

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidTemplate, message);

    private static string Shorten(string text) => text.Length > 256 ? text[..256] + "..." : text;

    /// <summary>One range and the text after it.</summary>
    private sealed record Range(long Start, long End, long Step, int Digits, string Gap)
    {
        public long Count => Math.Min((End - Start) / Step, MaxNames) + 1;
    }
}
