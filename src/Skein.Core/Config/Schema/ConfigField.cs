using System.Text.Json;

namespace Skein.Core.Config.Schema;

/// <summary>One key of a section: how it is read, written, checked and described.</summary>
internal abstract class ConfigField<TSection>(string name, string meaning)
    where TSection : ConfigSection
{
    public string Name => name;

    public string Meaning => meaning;

    /// <summary>False for keys that are maintained by Skein and not by set-config.</summary>
    public bool Settable { get; init; } = true;

    /// <summary>Writes name and value; with <paramref name="defaults"/>, only what differs from them.</summary>
    public abstract void Write(Utf8JsonWriter writer, TSection section, TSection? defaults, bool masked);

    public abstract TSection Read(TSection section, JsonElement value, string path, ReadContext context);

    /// <summary>Reads from text; <paramref name="rest"/> is what remains of the dotted key after this field.</summary>
    public abstract TSection ReadText(
        TSection section, ReadOnlySpan<char> rest, string text, string path, ReadContext context);

    public abstract void Check(TSection section, string path, List<string> problems);

    public abstract void CollectUnknown(TSection section, string path, List<string> into);

    public abstract void Describe(TSection defaults, string path, List<ConfigKey> into);
}
