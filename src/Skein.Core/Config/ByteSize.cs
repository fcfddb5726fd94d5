using System.Buffers;
using System.Globalization;

namespace Skein.Core.Config;

/// <summary>
/// Sizes in bytes as text: <c>4MiB</c>, <c>256kb</c>, <c>2g</c>, <c>1000</c>. Every unit is a power of 1024, as in
/// AIStore; case does not matter.
/// </summary>
public static class ByteSize
{
    /// <summary>Bytes in one KiB.</summary>
    public const long KiB = 1L << 10;

    /// <summary>Bytes in one MiB.</summary>
    public const long MiB = 1L << 20;

    /// <summary>Bytes in one GiB.</summary>
    public const long GiB = 1L << 30;

    /// <summary>Bytes in one TiB.</summary>
    public const long TiB = 1L << 40;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Name, long Bytes)[] Units =
        [("TiB", TiB), ("GiB", GiB), ("MiB", MiB), ("KiB", KiB)];

    /// <summary>Reads a non-negative size.</summary>
    /// <param name="text">A decimal number and an optional unit, blanks between them allowed.</param>
    /// <param name="bytes">The size in bytes, rounded down; zero when the text is not a size.</param>
    /// <returns>False when the text is not a size or does not fit.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        var digits = text.IndexOfAnyExcept(NumberCharacters);
        var number = digits < 0 ? text : text[..digits];
        var unit = digits < 0 ? default : text[digits..].Trim();
        if (!decimal.TryParse(
            number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }
        if (Multiplier(unit) is not { } multiplier || value > long.MaxValue / multiplier)
        {
            return false;
        }
        bytes = (long)(value * multiplier);
        return true;
    }

    /// <summary>
    /// Writes the size exactly, in the largest unit that divides it: <c>4MiB</c>, <c>1536KiB</c>, <c>10B</c>.
    /// </summary>
    public static string Format(long bytes)
    {
        foreach (var (name, unit) in Units)
        {
            if (bytes != 0 && bytes % unit == 0)
            {
                return (bytes / unit).ToString(CultureInfo.InvariantCulture) + name;
            }
        }
        return bytes.ToString(CultureInfo.InvariantCulture) + "B";
    }

    private static long? Multiplier(ReadOnlySpan<char> unit)
    {
        Span<char> lower = stackalloc char[3];
        if (unit.Length > lower.Length)
        {
            return null;
        }
        var length = unit.ToLowerInvariant(lower);
        return lower[..length] switch
        {
            "" or "b" => 1,
            "k" or "kb" or "kib" => KiB,
            "m" or "mb" or "mib" => MiB,
            "g" or "gb" or "gib" => GiB,
            "t" or "tb" or "tib" => TiB,
            _ => null,
        };
    }
}
