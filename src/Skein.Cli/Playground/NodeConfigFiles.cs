using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skein.Cli.Playground;

/// <summary>The URLs through which a node finds its cluster; empty where it is not told.</summary>
/// <param name="Primary">Control URL of the proxy that forms the cluster.</param>
/// <param name="Original">Another proxy.</param>
/// <param name="Discovery">Another proxy.</param>
internal sealed record JoinUrls(string Primary, string Original, string Discovery);

/// <summary>Writes the two configuration files of a node in AIStore's JSON.</summary>
internal static class NodeConfigFiles
{
    // Numbers that AIStore's JSON carries as strings.
    private static readonly HashSet<string> StringKeys = ["log.level", "features"];

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Writes both files of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="urls">Where to find the cluster.</param>
    /// <param name="settings">Further keys of the cluster configuration, <c>section.key=value</c>.</param>
    public static void Write(PlaygroundNode node, JoinUrls urls, IReadOnlyList<string> settings)
    {
        Directory.CreateDirectory(node.ConfigDirectory);
        WriteFile(node.ClusterConfigPath, ClusterConfig(urls, settings));
        WriteFile(node.LocalConfigPath, LocalConfig(node));
    }

    /// <summary>The cluster configuration.</summary>
    /// <exception cref="PlaygroundException">When a setting is not <c>section.key=value</c>.</exception>
    public static JsonObject ClusterConfig(JoinUrls urls, IReadOnlyList<string> settings)
    {
        var config = new JsonObject
        {
            ["proxy"] = new JsonObject
            {
                ["primary_url"] = urls.Primary,
                ["original_url"] = urls.Original,
                ["discovery_url"] = urls.Discovery,
            },
        };
        foreach (var setting in settings)
        {
            Apply(config, setting);
        }
        return config;
    }

    private static JsonObject LocalConfig(PlaygroundNode node)
    {
        var mountpaths = new JsonObject();
        foreach (var path in node.Mountpaths)
        {
            mountpaths[path] = "";
        }
        return new JsonObject
        {
            ["confdir"] = node.ConfigDirectory,
            ["log_dir"] = Path.GetDirectoryName(node.Log),
            ["host_net"] = new JsonObject
            {
                ["hostname"] = "127.0.0.1",
                ["hostname_intra_control"] = "127.0.0.1",
                ["hostname_intra_data"] = "127.0.0.1",
                ["port"] = PortOf(node.PublicUrl),
                ["port_intra_control"] = PortOf(node.ControlUrl),
                ["port_intra_data"] = PortOf(node.DataUrl),
            },
            ["fspaths"] = mountpaths,
        };
    }

    private static void Apply(JsonObject config, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var keys = equals <= 0 ? [] : setting[..equals].Split('.');
        if (keys.Length == 0 || keys.Any(string.IsNullOrWhiteSpace))
        {
            throw new PlaygroundException(
                $"invalid setting \"{setting}\"", "write it as section.key=value, for example periodic.stats_time=5s");
        }
        var parent = config;
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
                throw new PlaygroundException($"invalid JSON in setting \"{key}\": {e.Message}");
            }
        }
        return JsonValue.Create(text);
    }

    private static string PortOf(string url) => new Uri(url).Port.ToString(CultureInfo.InvariantCulture);

    private static void WriteFile(string path, JsonObject json)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteTo(writer);
        }
        File.WriteAllText(path, Encoding.UTF8.GetString(buffer.ToArray()) + "\n");
    }
}
