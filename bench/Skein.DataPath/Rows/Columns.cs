using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;

namespace Skein.DataPath.Rows;

/// <summary>Names of the servers in the tables, and the rows that compare them.</summary>
internal static class Columns
{
    public const string Nginx = "nginx";
    public const string NginxCached = "nginx, cached";
    public const string Go = "Go";
    public const string Skein = "Skein";

    private static readonly string[] Order = [Nginx, NginxCached, Go, Skein];

    /// <summary>A row with the ratio of Skein to nginx.</summary>
    public static Row Row(string section, string name, Dictionary<string, Figure> figures, double? limit) =>
        new(section, name,
        [
            .. Order.Where(figures.ContainsKey).Select(column => (column, figures[column].Microseconds)),
            .. ((string[])[Nginx, Skein]).Where(figures.ContainsKey).Select(column => (column + " /s", figures[column].Rate)),
        ])
        {
            Judged = figures.TryGetValue(Nginx, out var nginx)
                ? (figures[Skein].Microseconds / nginx.Microseconds, "x nginx")
                : null,
            Limit = limit,
        };
}
