using System.Globalization;

namespace Skein.Cli.Output;

/// <summary>Sizes and times as AIStore's command line prints them.</summary>
internal static class SizeText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    private static readonly string[] DecimalUnits = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Bytes with a binary unit and two digits after the point: <c>7B</c>, <c>48.83KiB</c>.</summary>
    public static string Bytes(long bytes) => Format(bytes, SizeUnits.Iec);

    /// <summary>Bytes in the units asked for; a plain number for <see cref="SizeUnits.Raw"/>.</summary>
    public static string Format(long bytes, SizeUnits units) => units switch
    {
        SizeUnits.Raw => bytes.ToString(CultureInfo.InvariantCulture),
        SizeUnits.Si => Scaled(bytes, 1000, DecimalUnits),
        _ => Scaled(bytes, 1024, Units),
    };

    private static string Scaled(long bytes, int step, string[] names)
    {
        if (bytes < step)
        {
            return bytes.ToString(CultureInfo.InvariantCulture) + "B";
        }
        var value = (double)bytes;
        var unit = 0;
        while (value >= step && unit < names.Length - 1)
        {
            value /= step;
            unit++;
        }
        return value.ToString("0.00", CultureInfo.InvariantCulture) + names[unit];
    }

    /// <summary>A number of objects: <c>1 object</c>, <c>20 objects</c>.</summary>
    public static string Objects(long count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "object" : "objects")}");

    /// <summary>A duration as people say it: <c>3.2s</c>, <c>1m40s</c>, <c>5h20m</c>, <c>12d3h</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        FormattableString text = time.TotalSeconds < 1 ? $"{time.TotalMilliseconds:0}ms"
            : time.TotalMinutes < 1 ? $"{time.TotalSeconds:0.0}s"
            : time.TotalHours < 1 ? $"{time.Minutes}m{time.Seconds}s"
            : time.TotalDays < 1 ? (FormattableString)$"{time.Hours}h{time.Minutes}m"
            : $"{(int)time.TotalDays}d{time.Hours}h";
        return text.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Bytes per second in decimal megabytes: <c>12.3MB/s</c>.</summary>
    public static string Rate(long bytes, TimeSpan time)
    {
        var rate = time <= TimeSpan.Zero ? 0 : bytes / time.TotalSeconds / 1e6;
        return rate.ToString(rate < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "MB/s";
    }

    /// <summary>Reads a size: <c>100</c>, <c>64KiB</c>, <c>1.5GiB</c>; units are binary, with or without <c>iB</c>.</summary>
    /// <returns>False when the text is not a size of at least 0.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.TrimEnd([.. "BKMGTPEibkmgtpe "]);
        var unit = text[digits.Length..].Trim().ToUpperInvariant().Replace("I", "", StringComparison.Ordinal);
        var power = unit is "" or "B" ? 0 : Array.FindIndex(Units, name => name[0] == unit[0] && unit.Length <= 2);
        if (power < 0 || (unit.Length == 2 && unit[1] != 'B')
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }
        var value = number * Math.Pow(1024, power);
        bytes = value < long.MaxValue ? (long)value : -1;
        return bytes >= 0;
    }
}
