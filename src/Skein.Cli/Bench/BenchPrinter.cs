using System.Globalization;
using Skein.Cli.Output;

namespace Skein.Cli.Bench;

/// <summary>Shows what was measured.</summary>
internal static class BenchPrinter
{
    /// <summary>The table of a run.</summary>
    public static void Write(CliHost host, BenchDocument document)
    {
        var time = TimeSpan.FromSeconds(document.Seconds);
        var table = new TextTable("-").Add("OPERATION").Add("COUNT").Add("ERRORS", optional: true).Add("PER SECOND")
            .Add("THROUGHPUT", optional: true).Add("MIN", optional: true).Add("MEAN", optional: true).Add("P50").Add("P90")
            .Add("P99").Add("P99.9", optional: true).Add("MAX");
        foreach (var result in document.Results)
        {
            var moves = result.Bytes != 0 && result.Operation != BenchMix.Name(BenchOperation.List);
            table.Row(
                result.Operation, Number(result.Count), result.Errors == 0 ? "" : Number(result.Errors),
                Number(result.PerSecond), moves ? SizeText.Rate(result.Bytes, time) : "", Time(result.Min), Time(result.Mean),
                Time(result.P50), Time(result.P90), Time(result.P99), Time(result.P999), Time(result.Max));
        }
        table.Write(host.Writer, host.Width);
        host.Writer.WriteLine();
        var load = document.Rate is { } rate
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{rate:0.##} operations due each second; times are counted from when each was due")
            : "each worker begins when its last operation was answered; times are those of the requests";
        host.Writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{document.Workers} workers in {Processes(document.Processes)}, sizes {document.Sizes}, {document.Seconds:0.0} s"));
        host.Writer.WriteLine(load);
        foreach (var result in document.Results)
        {
            if (result.Operation == BenchMix.Name(BenchOperation.List) && document.Seconds > 0)
            {
                host.Writer.WriteLine(Number(result.Bytes / document.Seconds) + " names listed each second");
            }
            if (result.Errors != 0)
            {
                host.Error.Profile.Out.Writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Error: {result.Errors} of {result.Operation} failed, the first: {result.FirstError}"));
            }
        }
    }

    /// <summary>Two runs side by side. A ratio above 1 means that the second has more.</summary>
    public static void Compare(CliHost host, BenchDocument first, BenchDocument second)
    {
        var table = new TextTable("-").Add("OPERATION").Add("PER SECOND").Add("THEN", optional: true).Add("RATIO")
            .Add("P50").Add("THEN", optional: true).Add("RATIO").Add("P99").Add("THEN", optional: true).Add("RATIO");
        foreach (var one in first.Results)
        {
            if (second.Results.FirstOrDefault(other => other.Operation == one.Operation) is { } other)
            {
                table.Row(
                    one.Operation, Number(one.PerSecond), Number(other.PerSecond), Ratio(one.PerSecond, other.PerSecond),
                    Time(one.P50), Time(other.P50), Ratio(one.P50, other.P50),
                    Time(one.P99), Time(other.P99), Ratio(one.P99, other.P99));
            }
        }
        table.Write(host.Writer, host.Width);
        foreach (var (name, a, b) in Differences(first, second))
        {
            host.Error.Profile.Out.Writer.WriteLine($"Warning: {name} differs: {a}, then {b}");
        }
    }

    private static IEnumerable<(string Name, string First, string Second)> Differences(
        BenchDocument first, BenchDocument second)
    {
        (string, string, string)[] all =
        [
            ("the mix", first.Mix, second.Mix),
            ("the sizes", first.Sizes, second.Sizes),
            ("the number of workers", Number(first.Workers), Number(second.Workers)),
            ("the number of processes", Number(first.Processes), Number(second.Processes)),
            ("the rate", Number(first.Rate ?? 0), Number(second.Rate ?? 0)),
        ];
        return all.Where(one => one.Item2 != one.Item3);
    }

    private static string Processes(int count) => count == 1 ? "1 process" : $"{count} processes";

    private static string Ratio(double first, double second) =>
        first <= 0 ? "" : (second / first).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(double value) =>
        value.ToString(value is > 0 and < 100 ? "0.##" : "0", CultureInfo.InvariantCulture);

    private static string Time(double microseconds) => microseconds switch
    {
        <= 0 => "",
        < 1000 => microseconds.ToString("0", CultureInfo.InvariantCulture) + "us",
        < 1_000_000 => (microseconds / 1000).ToString("0.00", CultureInfo.InvariantCulture) + "ms",
        _ => (microseconds / 1_000_000).ToString("0.00", CultureInfo.InvariantCulture) + "s",
    };
}
