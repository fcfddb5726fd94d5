using System.Globalization;

namespace Skein.Cli.Output;

/// <summary>Sizes and times as AIStore's command line prints them.</summary>
internal static class SizeText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Bytes with a binary unit and two digits after the point: <c>7B</c>, <c>48.83KiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        if (bytes < 1024)
        {
            return bytes.ToString(CultureInfo.InvariantCulture) + "B";
        }
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return value.ToString("0.00", CultureInfo.InvariantCulture) + Units[unit];
    }

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
}
