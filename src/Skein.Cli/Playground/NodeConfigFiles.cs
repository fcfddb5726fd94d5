using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Cli.Commands;

namespace Skein.Cli.Playground;

/// <summary>The URLs through which a node finds its cluster; empty where it is not told.</summary>
/// <param name="Primary">Control URL of the proxy that forms the cluster.</param>
/// <param name="Original">Another proxy.</param>
/// <param name="Discovery">Another proxy.</param>
internal sealed record JoinUrls(string Primary, string Original, string Discovery);

/// <summary>Writes the two configuration files of a node in AIStore's JSON.</summary>
internal static class NodeConfigFiles
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>Writes both files of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="urls">Where to find the cluster.</param>
    /// <param name="options">What the playground is asked for.</param>
    public static void Write(PlaygroundNode node, JoinUrls urls, PlaygroundOptions options)
    {
        Directory.CreateDirectory(node.ConfigDirectory);
        WriteFile(node.ClusterConfigPath, ClusterConfig(urls, options.Settings));
        WriteFile(node.LocalConfigPath, LocalConfig(node, options.PromoteRoots));
    }

    /// <summary>The cluster configuration.</summary>
    /// <exception cref="CliException">When a setting is not <c>section.key=value</c>.</exception>
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
            SettingText.Apply(config, setting);
        }
        return config;
    }

    private static JsonObject LocalConfig(PlaygroundNode node, IReadOnlyList<string> promoteRoots)
    {
        var mountpaths = new JsonObject();
        foreach (var path in node.Mountpaths)
        {
            mountpaths[path] = "";
        }
        var config = new JsonObject
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
        if (promoteRoots.Count != 0)
        {
            config["promote_roots"] = new JsonArray([.. promoteRoots.Select(root => (JsonNode)JsonValue.Create(root))]);
        }
        return config;
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
