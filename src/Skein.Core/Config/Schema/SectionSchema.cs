using System.Text.Json;

namespace Skein.Core.Config.Schema;

/// <summary>
/// The keys of one section in the order in which they are written. It is the single source for reading, writing,
/// checking and documenting the section.
/// </summary>
internal sealed class SectionSchema<TSection>
    where TSection : ConfigSection
{
    private readonly Dictionary<string, ConfigField<TSection>> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ConfigField<TSection>> _fields = [];
    private readonly HashSet<string> _accepted = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _ignored = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Func<TSection, string?>> _rules = [];
    private Func<TSection, TSection> _normalize = section => section;

    public IReadOnlyList<ConfigField<TSection>> Fields => _fields;

    public SectionSchema<TSection> Add(ConfigField<TSection> field)
    {
        _fields.Add(field);
        _byName.Add(field.Name, field);
        return this;
    }

    /// <summary>Names that newer servers of the protocol know: kept, and not reported as unknown.</summary>
    public SectionSchema<TSection> Accept(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _accepted.Add(name);
        }
        return this;
    }

    /// <summary>Names that a request may carry and that are not stored.</summary>
    public SectionSchema<TSection> Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _ignored.Add(name);
        }
        return this;
    }

    /// <summary>A condition over several keys; the function returns the problem or null.</summary>
    public SectionSchema<TSection> Rule(Func<TSection, string?> rule)
    {
        _rules.Add(rule);
        return this;
    }

    /// <summary>Applied after every reading, to fill values that follow from others.</summary>
    public SectionSchema<TSection> Normalize(Func<TSection, TSection> normalize)
    {
        _normalize = normalize;
        return this;
    }

    public void WriteMembers(Utf8JsonWriter writer, TSection section, TSection? defaults, bool masked)
    {
        foreach (var field in _fields)
        {
            field.Write(writer, section, defaults, masked);
        }
        foreach (var (key, value) in section.Extra.Values)
        {
            writer.WritePropertyName(key);
            writer.WriteRawValue(value.Text, skipInputValidation: true);
        }
    }

    public TSection Read(TSection section, JsonElement element, string path, ReadContext context)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return section;
        }
        if (element.ValueKind != JsonValueKind.Object)
        {
            context.FailType(path.Length == 0 ? "configuration" : path, element.GetRawText(), "a JSON object");
            return section;
        }
        foreach (var property in element.EnumerateObject())
        {
            section = ReadMember(section, property, path, context);
        }
        return _normalize(section);
    }

    public TSection ReadText(
        TSection section, ReadOnlySpan<char> key, string text, string path, ReadContext context)
    {
        var dot = key.IndexOf('.');
        var name = (dot < 0 ? key : key[..dot]).ToString();
        if (!_byName.TryGetValue(name, out var field) || (context.Patching && !field.Settable))
        {
            context.FailUnknown(Join(path, key.ToString()));
            return section;
        }
        var rest = dot < 0 ? default : key[(dot + 1)..];
        return _normalize(field.ReadText(section, rest, text, Join(path, field.Name), context));
    }

    public void Check(TSection section, string path, List<string> problems)
    {
        var before = problems.Count;
        foreach (var field in _fields)
        {
            field.Check(section, Join(path, field.Name), problems);
        }
        if (problems.Count != before)
        {
            return;
        }
        foreach (var rule in _rules)
        {
            if (rule(section) is { } problem)
            {
                problems.Add(problem);
            }
        }
    }

    public void CollectUnknown(TSection section, string path, List<string> into)
    {
        foreach (var field in _fields)
        {
            field.CollectUnknown(section, Join(path, field.Name), into);
        }
        foreach (var key in section.Extra.Values.Keys)
        {
            if (!_accepted.Contains(key))
            {
                into.Add(Join(path, key));
            }
        }
    }

    public void Describe(TSection defaults, string path, List<ConfigKey> into)
    {
        foreach (var field in _fields)
        {
            field.Describe(defaults, Join(path, field.Name), into);
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private TSection ReadMember(TSection section, JsonProperty property, string path, ReadContext context)
    {
        if (_byName.TryGetValue(property.Name, out var field))
        {
            var fieldPath = Join(path, field.Name);
            if (context.Patching && !field.Settable)
            {
                context.FailUnknown(fieldPath);
                return section;
            }
            return field.Read(section, property.Value, fieldPath, context);
        }
        if (_ignored.Contains(property.Name))
        {
            return section;
        }
        if (context.Patching && !_accepted.Contains(property.Name))
        {
            context.FailUnknown(Join(path, property.Name));
            return section;
        }
        context.Applied++;
        ConfigSection changed = section;
        changed = changed with { Extra = section.Extra.With(property.Name, RawJson.From(property.Value)) };
        return (TSection)changed;
    }
}
