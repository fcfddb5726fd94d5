using Skein.Core.Errors;

namespace Skein.Storage.Objects;

/// <summary>Key-value pairs of clients, kept sorted by key.</summary>
internal static class CustomMetadata
{
    /// <summary>Sorts by key (ordinal).</summary>
    /// <exception cref="StoreException">When a key is empty or occurs twice.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Sort(IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        if (pairs.Count == 0)
        {
            return [];
        }
        KeyValuePair<string, string>[] sorted = [.. pairs.OrderBy(p => p.Key, StringComparer.Ordinal)];
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Key.Length == 0 || (i > 0 && sorted[i].Key == sorted[i - 1].Key))
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    sorted[i].Key.Length == 0
                        ? "a key of the custom metadata is empty"
                        : $"key \"{sorted[i].Key}\" of the custom metadata occurs twice");
            }
        }
        return sorted;
    }

    /// <summary>Sets keys; with <paramref name="replaceAll"/> nothing else stays.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Merge(
        IReadOnlyList<KeyValuePair<string, string>> stored, IReadOnlyList<KeyValuePair<string, string>> changes,
        bool replaceAll)
    {
        var sorted = Sort(changes);
        if (replaceAll)
        {
            return sorted;
        }
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in stored)
        {
            merged[key] = value;
        }
        foreach (var (key, value) in sorted)
        {
            merged[key] = value;
        }
        return [.. merged];
    }
}
