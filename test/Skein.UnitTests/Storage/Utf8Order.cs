using System.Text;

namespace Skein.UnitTests.Storage;

/// <summary>Compares texts by their UTF-8 bytes; differs from ordinal comparison for surrogates.</summary>
internal static class Utf8Order
{
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create((x, y) =>
        Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)));
}
