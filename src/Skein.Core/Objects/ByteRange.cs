using System.Globalization;
using Skein.Core.Errors;

namespace Skein.Core.Objects;

/// <summary>One byte range of a request (RFC 9110, 14.1.2): <c>a-b</c>, <c>a-</c> or the last <c>n</c> bytes.</summary>
/// <param name="First">First byte; null for a suffix range.</param>
/// <param name="Last">Last byte (inclusive), or the suffix length; null for open ended.</param>
public readonly record struct ByteRange(long? First, long? Last)
{
    /// <summary>Reads a <c>Range</c> header.</summary>
    /// <returns>The range, or null when the header is absent or empty.</returns>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorCode.MultiRange"/> for several ranges, else <see cref="StoreErrorCode.RangeNotSatisfiable"/>.
    /// </exception>
    public static ByteRange? Parse(string? header, string shownObject)
    {
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }
        const string Prefix = "bytes=";
        if (!header.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw Invalid(header, "prefix");
        }
        var parts = header[Prefix.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > 1)
        {
            throw new StoreException(
                StoreErrorCode.MultiRange, $"cannot multi-range read {shownObject} - operation not supported");
        }
        var text = parts.Length == 0 ? "" : parts[0];
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            throw Invalid(header, "prefix");
        }
        var first = text[..dash].Trim();
        var last = text[(dash + 1)..].Trim();
        if (first.Length == 0)
        {
            return TryNumber(last, out var suffix) ? new ByteRange(null, suffix) : throw Invalid(header, "end");
        }
        if (!TryNumber(first, out var start))
        {
            throw Invalid(header, "start");
        }
        if (last.Length == 0)
        {
            return new ByteRange(start, null);
        }
        return TryNumber(last, out var end) && end >= start
            ? new ByteRange(start, end)
            : throw Invalid(header, "end");
    }

    /// <summary>Cuts the range to an object.</summary>
    /// <param name="size">Object size in bytes.</param>
    /// <returns>Offset and length; the length is at least 1.</returns>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.RangeNotSatisfiable"/>.</exception>
    public (long Offset, long Length) Resolve(long size)
    {
        var offset = First ?? Math.Max(0, size - Last!.Value);
        var end = First is null ? size : Math.Min(size, Last is null ? size : Math.Min(Last.Value, size - 1) + 1);
        if (offset >= size || end <= offset)
        {
            throw new StoreException(
                StoreErrorCode.RangeNotSatisfiable, $"object size = {size}, range [{this}] not satisfiable")
            {
                ObjectSize = size,
            };
        }
        return (offset, end - offset);
    }

    /// <summary>Prints as in the header, without the unit.</summary>
    public override string ToString() => $"{First}-{Last}";

    private static bool TryNumber(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static StoreException Invalid(string header, string part) =>
        new(StoreErrorCode.RangeNotSatisfiable,
            $"read range \"{(header.Length > 100 ? header[..100] : header)}\" is invalid ({part})");
}
