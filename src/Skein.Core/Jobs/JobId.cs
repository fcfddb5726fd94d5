using System.Globalization;
using System.Security.Cryptography;
using Skein.Core.Wire;

namespace Skein.Core.Jobs;

/// <summary>Ids of jobs: nine letters and digits, or <c>g</c> and a number for a rebalance of the whole cluster.</summary>
public static class JobId
{
    /// <summary>Most characters of an id that is taken from a caller.</summary>
    public const int MaxLength = 64;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string All = Letters + "0123456789";
    private const int Length = 9;
    private const string SortPrefix = "srt-";
    private const string CopyNamesPrefix = "tco-";

    /// <summary>A fresh id, beginning with a letter.</summary>
    public static string New()
    {
        while (true)
        {
            var id = RandomNumberGenerator.GetString(Letters, 1) + RandomNumberGenerator.GetString(All, Length - 1);
            if (RebalanceNumber(id) is null)
            {
                return id;
            }
        }
    }

    /// <summary>A fresh id for a kind of job; <c>tco-</c> stands before it where AIStore's have that.</summary>
    public static string New(string kind) => kind == Actions.CopyNames ? CopyNamesPrefix + New() : New();

    /// <summary>A fresh id of a distributed sort, as AIStore's: <c>srt-</c> and an id.</summary>
    public static string NewSort() => SortPrefix + New();

    /// <summary>True for the id of a distributed sort.</summary>
    public static bool IsSortId(string id) => IsAfter(SortPrefix, id);

    /// <summary>True for what <see cref="New(string)"/> may give: it can be the name of a file.</summary>
    public static bool IsOfWalk(string id) => IsAfter("", id) || IsAfter(CopyNamesPrefix, id);

    private static bool IsAfter(string prefix, string id) => id.Length > prefix.Length
        && id.StartsWith(prefix, StringComparison.Ordinal)
        && id[prefix.Length..].All(char.IsAsciiLetterOrDigit);

    /// <summary>The id of a rebalance, as in <c>g4</c>.</summary>
    public static string OfRebalance(long number) => string.Create(CultureInfo.InvariantCulture, $"g{number}");

    /// <summary>The number of a rebalance; null for the id of any other job.</summary>
    public static long? RebalanceNumber(string id) =>
        id.Length > 1 && id[0] == 'g'
            && long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
