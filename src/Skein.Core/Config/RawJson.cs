using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skein.Core.Config;

/// <summary>A JSON value kept as text, compared by meaning (the order of keys does not count).</summary>
public sealed class RawJson : IEquatable<RawJson>
{
    private RawJson(string text) => Text = text;

    /// <summary>The value <c>{}</c>.</summary>
    public static RawJson EmptyObject { get; } = new("{}");

    /// <summary>The JSON text.</summary>
    public string Text { get; }

    /// <summary>
    /// Keeps a parsed value, without the comments and blanks of its source. Of a key that an object has twice the last value
    /// counts, as AIStore reads it.
    /// </summary>
    public static RawJson From(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, element);
        }
        return new RawJson(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>Parses text.</summary>
    /// <returns>False when the text is not JSON.</returns>
    public static bool TryParse(string text, out RawJson value)
    {
        value = EmptyObject;
        try
        {
            using var document = JsonDocument.Parse(text);
            value = From(document.RootElement);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A fresh, changeable copy of the value.</summary>
    public JsonNode? ToNode() => JsonNode.Parse(Text);

    /// <summary>The same value with another text for one key of an object, where it has that key in any case.</summary>
    public RawJson WithText(string key, string text)
    {
        if (ToNode() is not JsonObject members)
        {
            return this;
        }
        foreach (var name in members.Select(member => member.Key).ToArray())
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase))
            {
                members[name] = text;
            }
        }
        return new RawJson(members.ToJsonString());
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject())
                {
                    members[member.Name] = member.Value;
                }
                writer.WriteStartObject();
                foreach (var (name, value) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    /// <inheritdoc/>
    public bool Equals(RawJson? other) =>
        other is not null
        && (string.Equals(Text, other.Text, StringComparison.Ordinal) || JsonNode.DeepEquals(ToNode(), other.ToNode()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RawJson);

    /// <inheritdoc/>
    public override int GetHashCode() => 0; // equal values may differ in the order of keys

    /// <inheritdoc/>
    public override string ToString() => Text;
}
