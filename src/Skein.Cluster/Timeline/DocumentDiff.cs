using System.Buffers;
using System.Text.Json;
using Skein.Core.Wire;

namespace Skein.Cluster.Timeline;

/// <summary>Compares two control documents by their structure.</summary>
public static class DocumentDiff
{
    /// <summary>Most differences that are listed.</summary>
    public const int MaxDifferences = 10_000;

    private const string Mask = "**********";

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>
    /// The places at which two documents differ, in order, stamp and entry of the timeline aside. Objects are compared
    /// member by member, lists of things with an <c>id</c> by that id, other lists as a whole. Secrets of the
    /// configuration are shown as asterisks.
    /// </summary>
    /// <param name="before">Bytes of the older document.</param>
    /// <param name="after">Bytes of the newer document.</param>
    /// <param name="isTruncated">True when there are more than are listed.</param>
    /// <exception cref="JsonException">When one is not JSON.</exception>
    public static IReadOnlyList<DocumentDifference> Compare(
        ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after, out bool isTruncated)
    {
        using var first = JsonDocument.Parse(before);
        using var second = JsonDocument.Parse(after);
        var found = new List<DocumentDifference>();
        Compare("", first.RootElement, second.RootElement, found);
        isTruncated = found.Count > MaxDifferences;
        return isTruncated ? found[..MaxDifferences] : found;
    }

    private static void Compare(string path, JsonElement? before, JsonElement? after, List<DocumentDifference> found)
    {
        if (found.Count > MaxDifferences
            || (before is { } old && after is { } next && JsonElement.DeepEquals(old, next)))
        {
            return;
        }
        var (left, right) = (Members(before), Members(after));
        if (left is null || right is null)
        {
            found.Add(new DocumentDifference { Path = path, Before = Shown(path, before), After = Shown(path, after) });
            return;
        }
        if (path.Length == 0)
        {
            // They differ always, and stand beside the differences.
            foreach (var own in new[] { "stamp", "change" })
            {
                left.Remove(own);
                right.Remove(own);
            }
        }
        foreach (var name in left.Keys.Union(right.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Compare(Join(path, name), Find(left, name), Find(right, name), found);
        }
    }

    private static JsonElement? Find(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out var value) ? value : null;

    /// <summary>What is compared one by one; null for what is compared as a whole.</summary>
    private static Dictionary<string, JsonElement>? Members(JsonElement? value)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (value is { ValueKind: JsonValueKind.Object } whole)
        {
            foreach (var member in whole.EnumerateObject())
            {
                members[member.Name] = member.Value;
            }
            return members;
        }
        if (value is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            return value is { ValueKind: JsonValueKind.Array } ? members : null;
        }
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object
                || !item.TryGetProperty("id", out var id)
                || id.ValueKind != JsonValueKind.String
                || !members.TryAdd(id.GetString()!, item))
            {
                return null;
            }
        }
        return members;
    }

    private static string Join(string path, string name) => name.Length == 0 || name.AsSpan().ContainsAnyExcept(Plain)
        ? $"{path}[\"{name}\"]"
        : path.Length == 0 ? name : $"{path}.{name}";

    private static JsonElement? Shown(string path, JsonElement? value)
    {
        if (value is not { } present)
        {
            return null;
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            var name = path[(path.LastIndexOfAny(['.', '"']) + 1)..];
            Write(writer, present, name, path.StartsWith("config", StringComparison.Ordinal));
        }
        using var copy = JsonDocument.Parse(buffer.WrittenMemory);
        return copy.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, string name, bool isConfig)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, member.Name, isConfig);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, name, isConfig);
                }
                writer.WriteEndArray();
                break;
            case JsonValueKind.String when isConfig && IsSecret(name):
                writer.WriteStringValue(Mask);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static bool IsSecret(string name) => name is "key"
        || name.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || name.Contains("password", StringComparison.OrdinalIgnoreCase);
}
