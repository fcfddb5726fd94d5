using System.Text.Json;
using System.Text.Unicode;

namespace Skein.Core.Wire;

/// <summary>Looks at the strings of JSON from outside.</summary>
internal static class JsonStrings
{
    private static ReadOnlySpan<byte> Escape => "\\u"u8;

    /// <summary>
    /// Makes sure that every string is text. The reader of the library lets half a surrogate pair and bytes that are no
    /// UTF-8 pass, and fails only when the string is asked for, which may be late in the work.
    /// </summary>
    /// <exception cref="JsonException">When one is not, or when it is no JSON.</exception>
    public static void Check(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("invalid UTF-8");
        }
        if (json.IndexOf(Escape) < 0)
        {
            return;
        }
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                ReadText(ref reader);
            }
        }
    }

    private static void ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            _ = reader.GetString();
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException($"a string at byte {reader.TokenStartIndex} is no text", error);
        }
    }
}
