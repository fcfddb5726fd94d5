namespace Skein.Gateway.Listing;

/// <summary>
/// The order of names in listings: by their UTF-8 bytes. Differs from ordinal comparison of .NET strings only where
/// characters beyond the basic plane meet those at its end.
/// </summary>
public sealed class Utf8Order : IComparer<string>
{
    /// <summary>The one instance.</summary>
    public static Utf8Order Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        var common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }
        return Weight(left[common]).CompareTo(Weight(right[common]));
    }

    /// <summary>Surrogates stand for code points above all others.</summary>
    private static int Weight(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
