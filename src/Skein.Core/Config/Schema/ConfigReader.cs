using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Errors;

namespace Skein.Core.Config.Schema;

/// <summary>Reads whole sections and turns what is wrong into one error.</summary>
internal static class ConfigReader
{
    private const int MaxProblemsShown = 20;

    public static JsonDocumentOptions Lenient { get; } =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static T Parse<T>(SectionSchema<T> schema, T defaults, ReadOnlyMemory<byte> utf8, string source)
        where T : ConfigSection
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Lenient);
            return Read(schema, defaults, document.RootElement, source);
        }
        catch (JsonException failure)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{source} is not valid JSON: line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}",
                failure);
        }
    }

    public static T Read<T>(SectionSchema<T> schema, T defaults, JsonElement element, string source)
        where T : ConfigSection
    {
        var context = new ReadContext(patching: false);
        var section = schema.Read(defaults, element, "", context);
        if (context.Problems.Count == 0)
        {
            schema.Check(section, "", context.Problems);
        }
        ThrowIfAny(context.Problems, source + ": ");
        return section;
    }

    public static void ThrowIfAny(IReadOnlyList<string> problems, string prefix = "")
    {
        if (problems.Count == 0)
        {
            return;
        }
        var text = string.Join("; ", problems.Take(MaxProblemsShown));
        var more = problems.Count > MaxProblemsShown ? $"; and {problems.Count - MaxProblemsShown} more" : "";
        throw new StoreException(StoreErrorCode.InvalidRequest, prefix + text + more);
    }

    public static JsonObject ToNode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }
        return JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
    }
}
