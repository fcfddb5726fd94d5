using System.Buffers;
using System.Globalization;
using System.Text;

namespace Skein.Core.Config;

/// <summary>
/// Durations as text the way Go writes them: <c>100ms</c>, <c>2s</c>, <c>1m30s</c>, <c>2h0m</c>. Resolution is 100 ns.
/// </summary>
public static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>
    /// Reads a sequence of decimal numbers, each with a unit (<c>ns us ms s m h</c>), with an optional sign.
    /// Plain <c>0</c> needs no unit.
    /// </summary>
    /// <param name="text">The text; surrounding blanks are not allowed.</param>
    /// <param name="value">The duration, or zero when the text is not one.</param>
    /// <returns>False when the text is not a duration or does not fit.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = default;
        var negative = false;
        if (text.Length > 0 && text[0] is '+' or '-')
        {
            negative = text[0] == '-';
            text = text[1..];
        }
        if (text is "0")
        {
            return true;
        }
        if (text.IsEmpty)
        {
            return false;
        }
        var total = 0m;
        while (!text.IsEmpty)
        {
            if (!TryReadPart(ref text, out var ticks))
            {
                return false;
            }
            total += ticks;
            if (total > long.MaxValue)
            {
                return false;
            }
        }
        value = new TimeSpan(negative ? -(long)total : (long)total);
        return true;
    }

    /// <summary>
    /// Writes the duration without a trailing <c>0s</c> after minutes: <c>1m</c>, <c>1h0m</c>, <c>1m30s</c>.
    /// </summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0s";
        }
        var sign = value < TimeSpan.Zero ? "-" : "";
        var ticks = Math.Abs((decimal)value.Ticks);
        if (ticks < TimeSpan.TicksPerSecond)
        {
            return sign + ticks switch
            {
                < TimeSpan.TicksPerMicrosecond => Number(ticks * TimeSpan.NanosecondsPerTick) + "ns",
                < TimeSpan.TicksPerMillisecond => Number(ticks / TimeSpan.TicksPerMicrosecond) + "µs",
                _ => Number(ticks / TimeSpan.TicksPerMillisecond) + "ms",
            };
        }
        var hours = Math.Floor(ticks / TimeSpan.TicksPerHour);
        var minutes = Math.Floor(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        var seconds = ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond;
        var text = new StringBuilder(sign);
        if (hours > 0)
        {
            text.Append(Number(hours)).Append('h');
        }
        if (hours > 0 || minutes > 0)
        {
            text.Append(Number(minutes)).Append('m');
            return seconds == 0 ? text.ToString() : text.Append(Number(seconds)).Append('s').ToString();
        }
        return text.Append(Number(seconds)).Append('s').ToString();
    }

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    private static bool TryReadPart(ref ReadOnlySpan<char> text, out decimal ticks)
    {
        ticks = 0;
        var digits = text.IndexOfAnyExcept(NumberCharacters);
        if (digits <= 0
            || !decimal.TryParse(
                text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }
        text = text[digits..];
        var unitLength = text.IndexOfAny(NumberCharacters);
        var unit = unitLength < 0 ? text : text[..unitLength];
        decimal? ticksPerUnit = unit switch
        {
            "ns" => 0.01m,
            "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => null,
        };
        if (ticksPerUnit is null || number > long.MaxValue / ticksPerUnit.Value)
        {
            return false;
        }
        text = text[unit.Length..];
        ticks = number * ticksPerUnit.Value;
        return true;
    }
}
