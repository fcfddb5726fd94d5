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

    /// <summary>Keeps a parsed value.</summary>
    public static RawJson From(JsonElement element) => new(element.GetRawText());

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

    /// <inheritdoc/>
    public bool Equals(RawJson? other) =>
        other is not null
        && (string.Equals(Text, other.Text, StringComparison.Ordinal) || JsonNode.DeepEquals(ToNode(), other.ToNode()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RawJson);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.Length == 2 ? 2 : 1;

    /// <inheritdoc/>
    public override string ToString() => Text;
}
