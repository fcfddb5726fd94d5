using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skein.Cli.Commands;

/// <summary>Settings as people type them, <c>section.key=value</c>, made into JSON.</summary>
internal static class SettingText
{
    // Numbers that AIStore's JSON carries as strings.
    private static readonly HashSet<string> StringKeys = ["log.level", "features", "access"];

    /// <summary>Puts one setting into a JSON object, making the sections on the way.</summary>
    /// <param name="json">The object.</param>
    /// <param name="setting">
    /// The setting. Its value is a boolean, an integer, JSON when it begins with a bracket, else text.
    /// </param>
    /// <exception cref="CliException">When it is not of that form.</exception>
    public static void Apply(JsonObject json, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var keys = equals <= 0 ? [] : setting[..equals].Split('.');
        if (keys.Length == 0 || keys.Any(string.IsNullOrWhiteSpace))
        {
            throw new CliException(
                $"invalid setting \"{setting}\"", "write it as section.key=value, for example mirror.copies=2");
        }
        var parent = json;
        foreach (var key in keys[..^1])
        {
            if (parent[key] is not JsonObject child)
            {
                child = [];
                parent[key] = child;
            }
            parent = child;
        }
        parent[keys[^1]] = Value(setting[..equals], setting[(equals + 1)..]);
    }

    private static JsonNode? Value(string key, string text)
    {
        if (!StringKeys.Contains(key))
        {
            if (bool.TryParse(text, out var flag))
            {
                return JsonValue.Create(flag);
            }
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            {
                return JsonValue.Create(number);
            }
        }
        if (text.Length != 0 && text[0] is '{' or '[')
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException e)
            {
                throw new CliException($"invalid JSON in setting \"{key}\": {e.Message}");
            }
        }
        return JsonValue.Create(text);
    }
}
