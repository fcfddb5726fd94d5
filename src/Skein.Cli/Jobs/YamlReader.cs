using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Skein.Cli.Jobs;

/// <summary>
/// Reads one YAML document as JSON. Plain words that are numbers, truth values or null become such; whatever is quoted is a
/// text. Anchors are refused: with them a short text can stand for any amount of data.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>How deep mappings and lists may lie in each other.</summary>
    private const int MaxDepth = 32;

    private readonly Parser _parser;

    private YamlReader(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>Reads a document.</summary>
    /// <returns>Null for an empty document.</returns>
    /// <exception cref="FormatException">When it is none, or there are several.</exception>
    public static JsonNode? Read(string text)
    {
        try
        {
            var reader = new YamlReader(text);
            reader._parser.Consume<StreamStart>();
            if (reader._parser.Accept<StreamEnd>(out _))
            {
                return null;
            }
            reader._parser.Consume<DocumentStart>();
            var node = reader.Node(0);
            reader._parser.Consume<DocumentEnd>();
            reader._parser.Consume<StreamEnd>();
            return node;
        }
        catch (YamlException error)
        {
            throw new FormatException($"line {error.Start.Line}, column {error.Start.Column}: {error.Message}", error);
        }
    }

    private JsonNode? Node(int depth)
    {
        if (_parser.Current is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
        {
            throw Wrong("anchors are not read");
        }
        if (depth > MaxDepth)
        {
            throw Wrong($"deeper than {MaxDepth} levels");
        }
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return Value(scalar);
        }
        return _parser.TryConsume<SequenceStart>(out _) ? List(depth) : Mapping(depth);
    }

    private JsonArray List(int depth)
    {
        var list = new JsonArray();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(Node(depth + 1));
        }
        return list;
    }

    private JsonObject Mapping(int depth)
    {
        _parser.Consume<MappingStart>();
        var mapping = new JsonObject();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.Consume<Scalar>().Value;
            if (mapping.ContainsKey(key))
            {
                throw Wrong($"\"{key}\" is there twice");
            }
            mapping.Add(key, Node(depth + 1));
        }
        return mapping;
    }

    private static JsonValue? Value(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }
        return text switch
        {
            "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ when IsDecimal(text)
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    // "1.5" and "1e3" are numbers, "infinity" is a word.
    private static bool IsDecimal(string text) =>
        char.IsAsciiDigit(text[^1]) && text.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E');

    private FormatException Wrong(string what) =>
        new($"line {_parser.Current?.Start.Line}, column {_parser.Current?.Start.Column}: {what}");
}
