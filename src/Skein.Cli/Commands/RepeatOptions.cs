using System.CommandLine;
using System.Globalization;
using Skein.Core.Config;

namespace Skein.Cli.Commands;

/// <summary><c>--refresh</c> and <c>--count</c>: what is shown is shown again.</summary>
internal static class RepeatOptions
{
    private static readonly PerTree<Option<int?>> CountOption = new(() => new("--count")
    {
        Description = "With --refresh: how often it is shown (default: until it is interrupted)",
        HelpName = "N",
    });

    private static readonly PerTree<Option<string?>> RefreshOption = new(() => new("--refresh")
    {
        Description = "Show again every SECONDS (default 5; or a time, as 500ms or 1m)",
        HelpName = "SECONDS",
        Arity = ArgumentArity.ZeroOrOne,
    });

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);

    /// <summary><c>--refresh</c>.</summary>
    public static Option<string?> Refresh => RefreshOption.Value;

    /// <summary><c>--count</c>.</summary>
    public static Option<int?> Count => CountOption.Value;

    /// <summary>The time between two times; null when it is shown once.</summary>
    /// <exception cref="CliException">When it is no time.</exception>
    public static TimeSpan? Interval(ParseResult parsed)
    {
        if (parsed.GetResult(Refresh) is not { Implicit: false })
        {
            return parsed.GetValue(Count) is null
                ? null
                : throw new CliException("--count goes together with --refresh");
        }
        var text = parsed.GetValue(Refresh);
        if (string.IsNullOrEmpty(text))
        {
            return DefaultInterval;
        }
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        var interval = isNumber && seconds < TimeSpan.FromDays(1).TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        return (isNumber || GoDuration.TryParse(text, out interval)) && interval > TimeSpan.Zero
            ? interval
            : throw new CliException($"--refresh {text}: a number of seconds is expected");
    }

    /// <summary>Shows once, or again and again until nothing is left to see or the count is reached.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="parsed">Where the options are.</param>
    /// <param name="show">Shows it; true when there will be something new.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<int> RunAsync(
        CliHost host, ParseResult parsed, Func<Task<bool>> show, CancellationToken cancellation)
    {
        var interval = Interval(parsed);
        var left = parsed.GetValue(Count) ?? int.MaxValue;
        if (left < 1)
        {
            throw new CliException("--count must be at least 1");
        }
        while (await show() && interval is { } pause && --left > 0)
        {
            await Task.Delay(pause, host.Time, cancellation);
            host.Writer.WriteLine();
        }
        return 0;
    }
}
