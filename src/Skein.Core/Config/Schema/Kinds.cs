using System.Globalization;
using System.Text.Json;

namespace Skein.Core.Config.Schema;

/// <summary>true or false.</summary>
internal sealed class BooleanKind : ValueKind<bool>
{
    public override string TypeName => "boolean";

    public override string Expected => "true or false";

    public override bool TryRead(JsonElement element, out bool value)
    {
        value = element.ValueKind == JsonValueKind.True;
        return element.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    public override bool TryParse(string text, out bool value)
    {
        bool? parsed = text.ToLowerInvariant() switch
        {
            "true" or "yes" or "y" or "on" or "1" or "t" => true,
            "false" or "no" or "n" or "off" or "0" or "f" => false,
            _ => null,
        };
        value = parsed ?? false;
        return parsed is not null;
    }

    public override void Write(Utf8JsonWriter writer, string name, bool value) => writer.WriteBoolean(name, value);

    public override string Show(bool value) => value ? "true" : "false";
}

/// <summary>A whole number, written as a JSON number.</summary>
internal sealed class IntegerKind(long min, long max) : ValueKind<long>
{
    public override string TypeName => "integer";

    public override string Expected => "an integer";

    public override string Range =>
        max == long.MaxValue ? $">= {min}" : string.Create(CultureInfo.InvariantCulture, $"[{min}, {max}]");

    public override bool TryRead(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value);
    }

    public override bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public override void Write(Utf8JsonWriter writer, string name, long value) => writer.WriteNumber(name, value);

    public override string Show(long value) => value.ToString(CultureInfo.InvariantCulture);

    public override string? Check(string path, long value)
    {
        if (value >= min && value <= max)
        {
            return null;
        }
        return max == long.MaxValue
            ? $"invalid {path}: {value} (expecting greater or equal {min})"
            : $"invalid {path}: {value} (expected value in range [{min}, {max}])";
    }
}

/// <summary>A length of time, written as Go writes durations.</summary>
internal sealed class DurationKind(TimeSpan min, TimeSpan max) : ValueKind<TimeSpan>
{
    public override string TypeName => "duration";

    public override string Expected => "a duration such as \"2s\", \"100ms\" or \"1m30s\"";

    public override string Range => $"[{GoDuration.Format(min)}, {GoDuration.Format(max)}]";

    public override bool TryRead(JsonElement element, out TimeSpan value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.String && TryParse(element.GetString()!, out value);
    }

    public override bool TryParse(string text, out TimeSpan value) => GoDuration.TryParse(text, out value);

    public override void Write(Utf8JsonWriter writer, string name, TimeSpan value) =>
        writer.WriteString(name, GoDuration.Format(value));

    public override string Show(TimeSpan value) => GoDuration.Format(value);

    public override string? Check(string path, TimeSpan value) =>
        value >= min && value <= max
            ? null
            : $"invalid {path}={GoDuration.Format(value)} (expected range {Range})";
}

/// <summary>A size in bytes, written with its unit.</summary>
internal sealed class SizeKind(long min, long max) : ValueKind<long>
{
    public override string TypeName => "size";

    public override string Expected => "a size such as \"4MiB\" or \"256KiB\"";

    public override string Range => $"[{ByteSize.Format(min)}, {ByteSize.Format(max)}]";

    public override bool TryRead(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.String
            ? TryParse(element.GetString()!, out value)
            : element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value);
    }

    public override bool TryParse(string text, out long value) => ByteSize.TryParse(text, out value);

    public override void Write(Utf8JsonWriter writer, string name, long value) =>
        writer.WriteString(name, ByteSize.Format(value));

    public override string Show(long value) => ByteSize.Format(value);

    public override string? Check(string path, long value) =>
        value >= min && value <= max ? null : $"invalid {path}={ByteSize.Format(value)} (expected range {Range})";
}

/// <summary>Free text, with an optional check.</summary>
internal sealed class TextKind(string typeName = "text", string range = "", Func<string, string, string?>? check = null)
    : ValueKind<string>
{
    public override string TypeName => typeName;

    public override string Expected => "a string";

    public override string Range => range;

    public override bool TryRead(JsonElement element, out string value)
    {
        value = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        return element.ValueKind == JsonValueKind.String;
    }

    public override bool TryParse(string text, out string value)
    {
        value = text;
        return true;
    }

    public override void Write(Utf8JsonWriter writer, string name, string value) => writer.WriteString(name, value);

    public override string Show(string value) => value.Length == 0 ? "\"\"" : value;

    public override string? Check(string path, string value) => check?.Invoke(path, value);
}

/// <summary>One of a few words.</summary>
internal sealed class ChoiceKind(
    IReadOnlyList<string> words, bool allowEmpty = false, Func<string, string, string>? message = null)
    : ValueKind<string>
{
    private readonly TextKind _text = new();

    public override string TypeName => "choice";

    public override string Expected => $"one of {Range}";

    public override string Range => $"[{string.Join(' ', words)}]";

    public override bool TryRead(JsonElement element, out string value) => _text.TryRead(element, out value);

    public override bool TryParse(string text, out string value) => _text.TryParse(text, out value);

    public override void Write(Utf8JsonWriter writer, string name, string value) => writer.WriteString(name, value);

    public override string Show(string value) => _text.Show(value);

    public override string? Check(string path, string value)
    {
        if (words.Contains(value) || (allowEmpty && value.Length == 0))
        {
            return null;
        }
        var shown = ReadContext.Shorten(value);
        return message?.Invoke(shown, Range) ?? $"invalid {path}: \"{shown}\" (expecting one of: {Range})";
    }
}

/// <summary>An unsigned 64-bit number, written as a JSON string.</summary>
internal sealed class UnsignedTextKind : ValueKind<ulong>
{
    public override string TypeName => "unsigned integer as a string";

    public override string Expected => "an unsigned 64-bit integer, as a string or a number";

    public override bool TryRead(JsonElement element, out ulong value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.String
            ? TryParse(element.GetString()!, out value)
            : element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out value);
    }

    public override bool TryParse(string text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    public override void Write(Utf8JsonWriter writer, string name, ulong value) =>
        writer.WriteString(name, Show(value));

    public override string Show(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A signed 64-bit number, written as a JSON string.</summary>
internal sealed class SignedTextKind : ValueKind<long>
{
    public override string TypeName => "integer as a string";

    public override string Expected => "a 64-bit integer, as a string or a number";

    public override bool TryRead(JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.String
            ? TryParse(element.GetString()!, out value)
            : element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value);
    }

    public override bool TryParse(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public override void Write(Utf8JsonWriter writer, string name, long value) => writer.WriteString(name, Show(value));

    public override string Show(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A JSON object whose inside is not Skein's to judge.</summary>
internal sealed class RawObjectKind : ValueKind<RawJson>
{
    public override string TypeName => "object";

    public override string Expected => "a JSON object";

    public override bool TryRead(JsonElement element, out RawJson value)
    {
        var fits = element.ValueKind == JsonValueKind.Object;
        value = fits ? RawJson.From(element) : RawJson.EmptyObject;
        return fits;
    }

    public override bool TryParse(string text, out RawJson value) =>
        RawJson.TryParse(text, out value) && value.Text.AsSpan().TrimStart().StartsWith("{");

    public override void Write(Utf8JsonWriter writer, string name, RawJson value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(value.Text, skipInputValidation: true);
    }

    public override string Show(RawJson value) => value.Text;
}

/// <summary>One of a few words, each standing for one value of an enumeration.</summary>
internal sealed class WordKind<TEnum>(params (string Word, TEnum Value)[] words) : ValueKind<TEnum>
    where TEnum : struct, Enum
{
    public override string TypeName => "choice";

    public override string Expected => $"one of {Range}";

    public override string Range => $"[{string.Join(' ', words.Select(word => word.Word))}]";

    public override bool TryRead(JsonElement element, out TEnum value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.String && TryParse(element.GetString()!, out value);
    }

    public override bool TryParse(string text, out TEnum value)
    {
        foreach (var (word, candidate) in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }
        value = default;
        return false;
    }

    public override void Write(Utf8JsonWriter writer, string name, TEnum value) =>
        writer.WriteString(name, Show(value));

    public override string Show(TEnum value) =>
        words.First(word => EqualityComparer<TEnum>.Default.Equals(word.Value, value)).Word;
}
