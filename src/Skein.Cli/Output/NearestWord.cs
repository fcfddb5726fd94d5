namespace Skein.Cli.Output;

/// <summary>Finds the word that a person may have meant.</summary>
internal static class NearestWord
{
    /// <summary>The word with the fewest different letters.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="words">The words that exist.</param>
    /// <returns>Null when none is near: within a third of the letters typed, at least one.</returns>
    public static string? Find(string typed, IEnumerable<string> words)
    {
        var limit = Math.Max(1, typed.Length / 3);
        return words
            .Select(word => (Word: word, Distance: Begins(typed, word) ? 1 : Distance(typed, word)))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Word, StringComparer.Ordinal)
            .Select(pair => pair.Word)
            .FirstOrDefault();
    }

    private static bool Begins(string typed, string word) =>
        typed.Length >= 3 && word.StartsWith(typed, StringComparison.Ordinal);

    // How many letters have to be added, removed, changed, or exchanged with their neighbour.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                var least = Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + change);
                rows[i, j] = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]
                    ? Math.Min(least, rows[i - 2, j - 2] + 1)
                    : least;
            }
        }
        return rows[a.Length, b.Length];
    }
}
