using System.Text.Json;
using Skein.Core.Config.Schema;

namespace Skein.Core.Config;

/// <summary>
/// Mountpaths: an object <c>{"path": "label"}</c>, the same inside <c>{"paths": ...}</c>, or a list of paths.
/// Written as the first.
/// </summary>
internal sealed class MountpathListKind : ValueKind<IReadOnlyList<MountpathEntry>>
{
    /// <summary>Most mountpaths that one target may have.</summary>
    public const int MaxMountpaths = 1024;

    public override string TypeName => "mountpaths";

    public override string Expected => "mountpaths as {\"/path\": \"label\", ...} or [\"/path\", ...]";

    public override string Range => "absolute, different, none inside another";

    public override bool TryRead(JsonElement element, out IReadOnlyList<MountpathEntry> value)
    {
        value = [];
        if (element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty("paths", out var nested)
            && nested.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
        {
            element = nested;
        }
        var entries = new List<MountpathEntry>();
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (item.ValueKind != JsonValueKind.String)
                    {
                        return false;
                    }
                    entries.Add(new MountpathEntry(Clean(item.GetString()!), ""));
                }
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    // AIStore up to 3.22 wrote {"path": {}} instead of a label
                    var label = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "";
                    if (member.Value.ValueKind
                        is not (JsonValueKind.String or JsonValueKind.Object or JsonValueKind.Null))
                    {
                        return false;
                    }
                    entries.Add(new MountpathEntry(Clean(member.Name), label));
                }
                break;
            default:
                return false;
        }
        value = entries;
        return true;
    }

    public override bool TryParse(string text, out IReadOnlyList<MountpathEntry> value)
    {
        value = [.. text
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(path => new MountpathEntry(Clean(path), ""))];
        return true;
    }

    public override void Write(Utf8JsonWriter writer, string name, IReadOnlyList<MountpathEntry> value)
    {
        writer.WriteStartObject(name);
        foreach (var entry in value)
        {
            writer.WriteString(entry.Path, entry.Label);
        }
        writer.WriteEndObject();
    }

    public override string Show(IReadOnlyList<MountpathEntry> value) =>
        value.Count == 0 ? "none" : string.Join(',', value.Select(entry => entry.Path));

    public override string? Check(string path, IReadOnlyList<MountpathEntry> value)
    {
        if (value.Count > MaxMountpaths)
        {
            return $"invalid {path}: {value.Count} mountpaths, at most {MaxMountpaths} are allowed";
        }
        foreach (var entry in value)
        {
            if (!entry.Path.StartsWith('/') || entry.Path == "/")
            {
                return $"invalid {path}: \"{ReadContext.Shorten(entry.Path)}\", "
                    + "expected an absolute path below the root";
            }
        }
        var sorted = value.Select(entry => entry.Path + "/").Order(StringComparer.Ordinal).ToArray();
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
            {
                return $"invalid {path}: \"{sorted[i][..^1]}\" is duplicated";
            }
            if (sorted[i].StartsWith(sorted[i - 1], StringComparison.Ordinal))
            {
                return $"invalid {path}: mountpath nesting is not permitted: \"{sorted[i - 1][..^1]}\" contains "
                    + $"\"{sorted[i][..^1]}\"";
            }
        }
        return null;
    }

    /// <summary>Resolves doubled slashes, <c>.</c> and <c>..</c>, and drops a trailing slash.</summary>
    internal static string Clean(string path)
    {
        if (!path.StartsWith('/'))
        {
            return path;
        }
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }
        return "/" + string.Join('/', parts);
    }
}
