using System.Text.Json;

namespace Skein.Core.Config.Schema;

/// <summary>A key whose value is a section.</summary>
internal sealed class SectionField<TSection, TInner>(
    string name,
    string meaning,
    SectionSchema<TInner> schema,
    Func<TSection, TInner> get,
    Func<TSection, TInner, TSection> set)
    : ConfigField<TSection>(name, meaning)
    where TSection : ConfigSection
    where TInner : ConfigSection
{
    public override void Write(Utf8JsonWriter writer, TSection section, TSection? defaults, bool masked)
    {
        var inner = get(section);
        var innerDefaults = defaults is null ? null : get(defaults);
        if (innerDefaults is not null && inner.Equals(innerDefaults))
        {
            return;
        }
        writer.WriteStartObject(Name);
        schema.WriteMembers(writer, inner, innerDefaults, masked);
        writer.WriteEndObject();
    }

    public override TSection Read(TSection section, JsonElement value, string path, ReadContext context) =>
        set(section, schema.Read(get(section), value, path, context));

    public override TSection ReadText(
        TSection section, ReadOnlySpan<char> rest, string text, string path, ReadContext context)
    {
        if (rest.IsEmpty)
        {
            context.FailType(path, text, $"one of its keys, for example {path}.{schema.Fields[0].Name}");
            return section;
        }
        return set(section, schema.ReadText(get(section), rest, text, path, context));
    }

    public override void Check(TSection section, string path, List<string> problems) =>
        schema.Check(get(section), path, problems);

    public override void CollectUnknown(TSection section, string path, List<string> into) =>
        schema.CollectUnknown(get(section), path, into);

    public override void Describe(TSection defaults, string path, List<ConfigKey> into) =>
        schema.Describe(get(defaults), path, into);
}
