using System.Text.Json;

namespace Skein.Core.Config.Schema;

/// <summary>A key with one plain value.</summary>
internal sealed class ValueField<TSection, TValue>(
    string name,
    string meaning,
    ValueKind<TValue> kind,
    Func<TSection, TValue> get,
    Func<TSection, TValue, TSection> set)
    : ConfigField<TSection>(name, meaning)
    where TSection : ConfigSection
{
    /// <summary>What stands for a secret in everything that people and clients see.</summary>
    public const string Mask = "**********";

    /// <summary>True when the value is shown as <see cref="Mask"/>.</summary>
    public bool Secret { get; init; }

    /// <summary>
    /// A value that is not written, since older clients expect only the keys that they know; null to write every value.
    /// </summary>
    public object? HidesDefault { get; init; }

    public override void Write(Utf8JsonWriter writer, TSection section, TSection? defaults, bool masked)
    {
        var value = get(section);
        if (defaults is null && HidesDefault is TValue hidden && EqualityComparer<TValue>.Default.Equals(value, hidden))
        {
            return;
        }
        if (defaults is not null && EqualityComparer<TValue>.Default.Equals(value, get(defaults)))
        {
            return;
        }
        if (masked && Secret)
        {
            writer.WriteString(Name, Mask);
            return;
        }
        kind.Write(writer, Name, value);
    }

    public override TSection Read(TSection section, JsonElement value, string path, ReadContext context)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return section;
        }
        if (kind.TryRead(value, out var read))
        {
            return Take(section, read, path, context);
        }
        context.FailType(path, Secret ? Mask : value.GetRawText(), kind.Expected);
        return section;
    }

    public override TSection ReadText(
        TSection section, ReadOnlySpan<char> rest, string text, string path, ReadContext context)
    {
        if (!rest.IsEmpty)
        {
            context.FailUnknown($"{path}.{rest}");
            return section;
        }
        if (kind.TryParse(text, out var read))
        {
            return Take(section, read, path, context);
        }
        context.FailType(path, Secret ? Mask : text, kind.Expected);
        return section;
    }

    public override void Check(TSection section, string path, List<string> problems)
    {
        if (kind.Check(path, get(section)) is { } problem)
        {
            problems.Add(problem);
        }
    }

    public override void CollectUnknown(TSection section, string path, List<string> into)
    {
    }

    public override void Describe(TSection defaults, string path, List<ConfigKey> into) =>
        into.Add(new ConfigKey(path, kind.TypeName, kind.Show(get(defaults)), kind.Range, Meaning, Settable));

    private TSection Take(TSection section, TValue value, string path, ReadContext context)
    {
        if (kind.Check(path, value) is { } problem)
        {
            context.Fail(problem);
            return section;
        }
        context.Applied++;
        return Secret && value is string and Mask ? section : set(section, value);
    }
}
