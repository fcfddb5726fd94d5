using System.Globalization;
using System.Text;

namespace Skein.Gateway.Listing;

/// <summary>
/// Prints times by Go's layouts, which show how the reference time <c>Mon Jan 2 15:04:05 -0700 MST 2006</c> would look.
/// Times are UTC.
/// </summary>
public static class GoTimeLayout
{
    /// <summary>RFC 822: what listings use when nothing is asked for. Prints <c>22 Nov 26 21:03 UTC</c>.</summary>
    public const string Default = "02 Jan 06 15:04 MST";

    /// <summary>Tokens, longer ones before their prefixes.</summary>
    private static readonly (string Token, Func<DateTimeOffset, string> Print)[] Tokens =
    [
        ("January", time => Format(time, "MMMM")),
        ("Jan", time => Format(time, "MMM")),
        ("Monday", time => Format(time, "dddd")),
        ("Mon", time => Format(time, "ddd")),
        ("MST", _ => "UTC"),
        ("2006", time => Format(time, "yyyy")),
        ("-07:00:00", _ => "+00:00:00"),
        ("-07:00", _ => "+00:00"),
        ("-0700", _ => "+0000"),
        ("-07", _ => "+00"),
        ("Z07:00:00", _ => "Z"),
        ("Z07:00", _ => "Z"),
        ("Z0700", _ => "Z"),
        ("Z07", _ => "Z"),
        ("002", time => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture)),
        ("__2", time => time.DayOfYear.ToString(CultureInfo.InvariantCulture).PadLeft(3)),
        ("_2", time => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)),
        ("01", time => Format(time, "MM")),
        ("02", time => Format(time, "dd")),
        ("03", time => Format(time, "hh")),
        ("04", time => Format(time, "mm")),
        ("05", time => Format(time, "ss")),
        ("06", time => Format(time, "yy")),
        ("15", time => Format(time, "HH")),
        ("PM", time => time.Hour < 12 ? "AM" : "PM"),
        ("pm", time => time.Hour < 12 ? "am" : "pm"),
        ("1", time => time.Month.ToString(CultureInfo.InvariantCulture)),
        ("2", time => time.Day.ToString(CultureInfo.InvariantCulture)),
        ("3", time => Format(time, "%h")),
        ("4", time => time.Minute.ToString(CultureInfo.InvariantCulture)),
        ("5", time => time.Second.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Prints a time.</summary>
    /// <param name="unixNanoseconds">Nanoseconds since 1970 UTC.</param>
    /// <param name="layout">Go layout; null or empty for <see cref="Default"/>.</param>
    public static string Print(long unixNanoseconds, string? layout)
    {
        var text = string.IsNullOrEmpty(layout) ? Default : layout;
        var time = DateTimeOffset.UnixEpoch.AddTicks(unixNanoseconds / TimeSpan.NanosecondsPerTick);
        var builder = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var rest = text.AsSpan(i);
            var fraction = FractionLength(rest);
            if (fraction > 0)
            {
                AppendFraction(builder, rest[..fraction], unixNanoseconds);
                i += fraction;
                continue;
            }
            var used = AppendToken(builder, rest, time);
            if (used == 0)
            {
                builder.Append(text[i]);
                used = 1;
            }
            i += used;
        }
        return builder.ToString();
    }

    private static int AppendToken(StringBuilder builder, ReadOnlySpan<char> rest, DateTimeOffset time)
    {
        foreach (var (token, print) in Tokens)
        {
            if (!rest.StartsWith(token, StringComparison.Ordinal) || !EndsWord(token, rest))
            {
                continue;
            }
            if (token == "_2" && rest.StartsWith("_2006", StringComparison.Ordinal))
            {
                continue;
            }
            builder.Append(print(time));
            return token.Length;
        }
        return 0;
    }

    /// <summary>Go takes <c>Jan</c> and <c>Mon</c> as tokens only where no lower-case letter follows.</summary>
    private static bool EndsWord(string token, ReadOnlySpan<char> rest) =>
        token is not ("Jan" or "Mon") || rest.Length == token.Length || !char.IsAsciiLetterLower(rest[token.Length]);

    /// <summary>Length of <c>.000</c>, <c>,999</c> and their like; a fraction is not followed by another digit.</summary>
    private static int FractionLength(ReadOnlySpan<char> rest)
    {
        if (rest.Length < 2 || rest[0] is not ('.' or ',') || rest[1] is not ('0' or '9'))
        {
            return 0;
        }
        var end = 1;
        while (end < rest.Length && rest[end] == rest[1])
        {
            end++;
        }
        return end < rest.Length && char.IsAsciiDigit(rest[end]) ? 0 : end;
    }

    private static void AppendFraction(StringBuilder builder, ReadOnlySpan<char> token, long unixNanoseconds)
    {
        const long Second = 1_000_000_000;
        var nanoseconds = ((unixNanoseconds % Second) + Second) % Second;
        var digits = nanoseconds.ToString("000000000", CultureInfo.InvariantCulture);
        var shown = digits.AsSpan(0, Math.Min(token.Length - 1, digits.Length));
        if (token[1] == '9')
        {
            shown = shown.TrimEnd('0');
            if (shown.IsEmpty)
            {
                return;
            }
        }
        builder.Append(token[0]).Append(shown);
    }

    private static string Format(DateTimeOffset time, string format) =>
        time.ToString(format, CultureInfo.InvariantCulture);
}
