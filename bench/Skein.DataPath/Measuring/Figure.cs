namespace Skein.DataPath.Measuring;

/// <summary>What one server needs for one kind of request.</summary>
/// <param name="Microseconds">Processor time of all its threads for one request, in microseconds.</param>
/// <param name="Rate">Requests a second.</param>
internal readonly record struct Figure(double Microseconds, double Rate)
{
    /// <summary>The medians of several runs.</summary>
    public static Figure Median(IReadOnlyCollection<Figure> runs) =>
        new(Middle(runs.Select(run => run.Microseconds)), Middle(runs.Select(run => run.Rate)));

    /// <summary>The median; of an even number, the mean of the two in the middle.</summary>
    public static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
