using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Skein.Gateway.Rest;

/// <summary>Makes JSON readable for people with a browser.</summary>
internal static class JsonIndent
{
    /// <summary>The same JSON with line breaks and an indent of four spaces.</summary>
    public static ReadOnlyMemory<byte> Indent(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var buffer = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = true,
            IndentSize = 4,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            document.RootElement.WriteTo(writer);
        }
        return buffer.WrittenMemory;
    }
}
