using System.Globalization;
using Skein.Core.Objects;

namespace Skein.Gateway.Peers;

/// <summary>The order of a write among writes of the same name, as nodes tell it each other.</summary>
public static class WriteStampHeader
{
    /// <summary>Header name.</summary>
    public const string Name = "Skein-Write-Stamp";

    /// <summary>Prints <c>ownership.clock</c>.</summary>
    public static string Format(WriteStamp stamp) =>
        string.Create(CultureInfo.InvariantCulture, $"{stamp.Ownership}.{stamp.Clock}");

    /// <summary>Reads what <see cref="Format"/> printed; the least stamp for anything else.</summary>
    public static WriteStamp Parse(string? text)
    {
        var dot = text?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot > 0
            && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var ownership)
            && long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var clock)
            ? new WriteStamp(ownership, clock)
            : default;
    }
}
