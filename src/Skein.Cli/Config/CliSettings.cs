using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Cli.Output;

namespace Skein.Cli.Config;

/// <summary>What a person has set for the command line itself; a file in the home directory.</summary>
internal sealed record CliSettings
{
    private const string PathVariable = "SKEIN_CLI_CONFIG";

    /// <summary>The cluster to speak to when neither option nor environment names one; empty for none.</summary>
    [JsonPropertyName("cluster_url")]
    public string Endpoint { get; init => field = value ?? ""; } = "";

    /// <summary>How sizes are shown when <c>--units</c> does not say: <c>iec</c>, <c>si</c> or <c>raw</c>.</summary>
    [JsonPropertyName("units")]
    public string Units { get; init => field = value ?? ""; } = "iec";

    /// <summary>Command lines without the program, by the person's own names for them.</summary>
    [JsonPropertyName("aliases")]
    public SortedDictionary<string, string> Aliases { get; init => field = value ?? []; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Where the file is: <c>$SKEIN_CLI_CONFIG</c>, <c>$XDG_CONFIG_HOME/skein/cli.json</c> or
    /// <c>~/.config/skein/cli.json</c>; null where there is no home directory.
    /// </summary>
    public static string? PathOf(CliHost host)
    {
        if (host.Variables(PathVariable) is { Length: > 0 } path)
        {
            return host.FullPath(path);
        }
        var folder = host.Variables("XDG_CONFIG_HOME") is { Length: > 0 } configured ? configured
            : host.Variables("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config")
            : null;
        return folder is null ? null : Path.Combine(folder, "skein", "cli.json");
    }

    /// <summary>Reads the file; the defaults when there is none.</summary>
    /// <exception cref="CliException">When it is there and cannot be read.</exception>
    public static CliSettings Load(CliHost host)
    {
        var path = PathOf(host);
        if (path is null || !File.Exists(path))
        {
            return new CliSettings();
        }
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJsonContext.Default.CliSettings) ?? new CliSettings();
        }
        catch (JsonException e)
        {
            throw new CliException($"{path} is not what was written there: {e.Message}", "mend it, or remove it");
        }
    }

    /// <summary>Writes the file: under another name first, so that it is never half there.</summary>
    /// <exception cref="CliException">When there is no home directory.</exception>
    public void Save(CliHost host)
    {
        var path = PathOf(host)
            ?? throw new CliException("there is no home directory to keep settings in", $"set HOME or {PathVariable}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{host.Random.Next():x8}.new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, CliJsonContext.Output.CliSettings) + "\n");
        File.Move(temporary, path, overwrite: true);
    }
}
