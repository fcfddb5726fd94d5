namespace Skein.DataPath.Reporting;

/// <summary>One line of a table.</summary>
/// <param name="Section">Title of its table; rows of one section have the same figures.</param>
/// <param name="Name">What is measured.</param>
/// <param name="Figures">What was seen, by column; a column that is missing was not measured.</param>
internal sealed record Row(string Section, string Name, IReadOnlyList<(string Column, double Value)> Figures)
{
    /// <summary>The figure that the limit is about, with its unit or <c>x</c> for a ratio; null when there is none.</summary>
    public (double Value, string Unit)? Judged { get; init; }

    /// <summary>The most that it may be, or the least with <see cref="IsLeast"/>; null when nothing is promised.</summary>
    public double? Limit { get; init; }

    /// <summary>True when more is better.</summary>
    public bool IsLeast { get; init; }

    /// <summary>True when the limit is kept; null when there is none, or nothing to judge.</summary>
    public bool? IsKept => Judged is { } judged && Limit is { } limit
        ? IsLeast ? judged.Value >= limit : judged.Value <= limit
        : null;
}
