using System.Text.Json;
using Skein.Core.Config.Schema;

namespace Skein.Core.Config;

/// <summary>Absolute folders: a list of texts, or one text with commas.</summary>
internal sealed class FolderListKind : ValueKind<IReadOnlyList<string>>
{
    /// <summary>Most folders.</summary>
    public const int MaxFolders = 64;

    public override string TypeName => "folders";

    public override string Expected => "folders as [\"/path\", ...]";

    public override string Range => "absolute, below the root";

    public override bool TryRead(JsonElement element, out IReadOnlyList<string> value)
    {
        value = [];
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.String:
                return TryParse(element.GetString()!, out value);
            case JsonValueKind.Array:
                var items = element.EnumerateArray().ToList();
                if (items.Exists(item => item.ValueKind != JsonValueKind.String))
                {
                    return false;
                }
                value = [.. items.Select(item => MountpathListKind.Clean(item.GetString()!))];
                return true;
            default:
                return false;
        }
    }

    public override bool TryParse(string text, out IReadOnlyList<string> value)
    {
        value = [.. text
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(MountpathListKind.Clean)];
        return true;
    }

    public override void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> value)
    {
        writer.WriteStartArray(name);
        foreach (var folder in value)
        {
            writer.WriteStringValue(folder);
        }
        writer.WriteEndArray();
    }

    public override string Show(IReadOnlyList<string> value) => value.Count == 0 ? "none" : string.Join(',', value);

    public override string? Check(string path, IReadOnlyList<string> value)
    {
        if (value.Count > MaxFolders)
        {
            return $"invalid {path}: {value.Count} folders, at most {MaxFolders} are allowed";
        }
        return value.FirstOrDefault(folder => !folder.StartsWith('/') || folder == "/") is { } wrong
            ? $"invalid {path}: \"{ReadContext.Shorten(wrong)}\", expected an absolute path below the root"
            : null;
    }
}
