using System.Text.Json.Nodes;

namespace Skein.Core.Config;

/// <summary>
/// Keeps only the difference between a JSON object and its defaults, as a merge patch (RFC 7396): a key that is equal
/// is left out, a key that is missing is null, an object is descended into, everything else is replaced as a whole.
/// Objects that themselves hold nulls cannot be told from objects without these keys.
/// </summary>
public static class SparseJson
{
    /// <summary>What differs in <paramref name="full"/> from <paramref name="defaults"/>.</summary>
    public static JsonObject Diff(JsonObject full, JsonObject defaults)
    {
        var sparse = new JsonObject();
        foreach (var (key, value) in full)
        {
            if (value is null)
            {
                continue;
            }
            var known = defaults[key];
            if (known is JsonObject knownObject && value is JsonObject valueObject)
            {
                var inner = Diff(valueObject, knownObject);
                if (inner.Count > 0)
                {
                    sparse[key] = inner;
                }
            }
            else if (!JsonNode.DeepEquals(value, known))
            {
                sparse[key] = Strip(value);
            }
        }
        foreach (var (key, value) in defaults)
        {
            if (value is not null && full[key] is null)
            {
                sparse[key] = null;
            }
        }
        return sparse;
    }

    /// <summary>The full object again: <paramref name="sparse"/> laid over <paramref name="defaults"/>.</summary>
    public static JsonObject Merge(JsonObject defaults, JsonObject sparse)
    {
        var full = new JsonObject();
        foreach (var (key, value) in defaults)
        {
            if (!sparse.TryGetPropertyValue(key, out var change))
            {
                full[key] = value?.DeepClone();
            }
            else if (change is not null)
            {
                full[key] = Lay(value, change);
            }
        }
        foreach (var (key, change) in sparse)
        {
            if (change is not null && !defaults.ContainsKey(key))
            {
                full[key] = Lay(null, change);
            }
        }
        return full;
    }

    private static JsonNode Lay(JsonNode? below, JsonNode change) =>
        change is JsonObject changes ? Merge(below as JsonObject ?? [], changes) : change.DeepClone();

    private static JsonNode Strip(JsonNode value) =>
        value is JsonObject members ? Merge([], members) : value.DeepClone();
}
