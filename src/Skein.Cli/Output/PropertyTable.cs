using System.Text.Json;

namespace Skein.Cli.Output;

/// <summary>A JSON object as a table of dotted keys and values, as AIStore shows configurations and properties.</summary>
internal static class PropertyTable
{
    private const int MaxDepth = 32;
    private const int LeastRoom = 20;

    /// <summary>The values of an object by their dotted keys, in the order in which they stand there.</summary>
    public static List<KeyValuePair<string, string>> Flatten(JsonElement json)
    {
        var result = new List<KeyValuePair<string, string>>();
        Collect(json, "", 0, result);
        return result;
    }

    /// <summary>The pairs whose key is a name or lies below it; all of them for an empty name.</summary>
    public static List<KeyValuePair<string, string>> Below(IEnumerable<KeyValuePair<string, string>> pairs, string name) =>
    [
        .. pairs.Where(pair => name.Length == 0 || pair.Key == name
            || pair.Key.StartsWith(name + ".", StringComparison.Ordinal)),
    ];

    /// <summary>The object below a dotted key; null when there is none.</summary>
    public static JsonElement? Find(JsonElement json, string name)
    {
        foreach (var part in name.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(part, out json))
            {
                return null;
            }
        }
        return json;
    }

    /// <summary>Writes the table. In a terminal a value that is too long goes on in the next line, after a comma.</summary>
    public static void Write(CliHost host, IEnumerable<KeyValuePair<string, string>> pairs, bool headings)
    {
        var rows = pairs.ToList();
        var keys = rows.Count == 0 ? 0 : rows.Max(pair => pair.Key.Length);
        var room = Math.Max((host.Width ?? int.MaxValue) - Math.Max(keys, "PROPERTY".Length) - 2, LeastRoom);
        var table = new TextTable().Add("PROPERTY").Add("VALUE");
        foreach (var (key, value) in rows)
        {
            var isFirst = true;
            foreach (var line in Lines(value, room))
            {
                table.Row(isFirst ? key : "", line);
                isFirst = false;
            }
        }
        table.Write(host.Writer, host.Width, headings);
    }

    private static List<string> Lines(string value, int room)
    {
        var lines = new List<string>();
        while (value.Length > room && value.LastIndexOf(',', room - 1) is > 0 and var comma)
        {
            lines.Add(value[..(comma + 1)]);
            value = value[(comma + 1)..].TrimStart();
        }
        lines.Add(value);
        return lines;
    }

    private static void Collect(JsonElement json, string key, int depth, List<KeyValuePair<string, string>> result)
    {
        if (json.ValueKind == JsonValueKind.Object && depth < MaxDepth && json.EnumerateObject().Any())
        {
            foreach (var member in json.EnumerateObject())
            {
                Collect(member.Value, key.Length == 0 ? member.Name : $"{key}.{member.Name}", depth + 1, result);
            }
            return;
        }
        result.Add(new(key, json.ValueKind switch
        {
            JsonValueKind.String => json.GetString()!,
            JsonValueKind.Null => "-",
            JsonValueKind.Object => "{}",
            _ => json.GetRawText(),
        }));
    }
}
