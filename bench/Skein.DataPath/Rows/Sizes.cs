using System.Globalization;

namespace Skein.DataPath.Rows;

/// <summary>The sizes of objects that are measured, and what is promised for them.</summary>
internal static class Sizes
{
    public const int Kibibyte = 1 << 10;
    public const int Mebibyte = 1 << 20;

    /// <summary>In bytes.</summary>
    public static readonly int[] All = [Kibibyte, 10 * Kibibyte, 100 * Kibibyte, Mebibyte, 10 * Mebibyte];

    /// <summary>As people write it.</summary>
    public static string Text(int bytes) => bytes < Mebibyte
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / Kibibyte} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / Mebibyte} MiB");
}
