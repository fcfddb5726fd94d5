using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;

namespace Skein.Cli.Objects;

/// <summary><c>skein object show</c>, which is also <c>show object</c> and <c>ls BUCKET/OBJECT</c>.</summary>
internal static class ObjectShowCommand
{
    private const long NanosecondsPerTick = 100;
    private static readonly string[] Default = ["atime", "checksum", "name", "size"];
    private static readonly string[] Known =
        ["atime", "checksum", "copies", "custom", "ec", "location", "name", "size", "version"];

    /// <summary>Builds the command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="name">Name of the command.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Create(CliHost host, string name, string shown)
    {
        var source = new Argument<string>("BUCKET/OBJECT") { Description = "Object" };
        var props = new Option<string?>("--props", "-p")
        {
            Description = "Properties to show, comma-separated: " + string.Join(", ", Known) + "; or all",
            HelpName = "PROPS",
        };
        var command = new DocumentedCommand(
            name, "Show the properties of an object",
            $"{shown} ais://photos/a.jpg", $"{shown} ais://photos/a.jpg --props=all",
            $"{shown} --props size,version ais://photos/a.jpg")
        {
            source, props, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, objectName) = ObjectActionCommands.Named(parsed.GetRequiredValue(source));
            var chosen = Chosen(parsed.GetValue(props));
            using var client = EndpointFinder.Connect(host, parsed);
            var found = await client.Objects.DescribeAsync(bucket, objectName, cancellation: cancellation)
                ?? throw new CliException($"\"{objectName}\" not found in {bucket}");
            Write(host, parsed, $"{bucket}/{objectName}", found, chosen);
            return 0;
        });
        return command;
    }

    /// <summary>Shows an object when there is one with exactly that name.</summary>
    /// <returns>False when there is none.</returns>
    public static async Task<bool> TryShowAsync(
        CliHost host, ParseResult parsed, SkeinClient client, BucketName bucket, string name, CancellationToken cancellation)
    {
        if (await client.Objects.DescribeAsync(bucket, name, cancellation: cancellation) is not { } found)
        {
            return false;
        }
        Write(host, parsed, $"{bucket}/{name}", found, Default);
        return true;
    }

    private static string[] Chosen(string? props)
    {
        var words = (props ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            [] => Default,
            ["all"] => Known,
            _ when words.FirstOrDefault(word => !Known.Contains(word)) is { } unknown => throw new CliException(
                $"unknown property \"{unknown}\"", "the properties are all, " + string.Join(", ", Known)),
            _ => words,
        };
    }

    private static void Write(CliHost host, ParseResult parsed, string name, ObjectProperties found, string[] chosen)
    {
        var attributes = found.Attributes;
        var time = attributes.AccessTime == 0
            ? "" : DateTime.UnixEpoch.AddTicks(attributes.AccessTime / NanosecondsPerTick)
                .ToString("dd MMM yy HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var custom = string.Join(", ", attributes.Custom.Select(pair => $"{pair.Key}={pair.Value}"));
        if (parsed.GetValue(CommonOptions.Json))
        {
            var document = new ObjectDocument
            {
                Name = name,
                Size = attributes.Size,
                Checksum = attributes.Checksum.ToString(),
                AccessTime = time,
                Version = attributes.Version,
                Custom = attributes.Custom.ToDictionary(),
                Location = found.Location,
                Copies = found.Copies,
            };
            CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.ObjectDocument);
            return;
        }
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["atime"] = time,
            ["checksum"] = attributes.Checksum.IsNone
                ? "" : $"{attributes.Checksum.Type}[{attributes.Checksum.Value}]",
            ["copies"] = string.Create(CultureInfo.InvariantCulture, $"{found.Copies} {found.CopyPaths}").Trim(),
            ["custom"] = custom,
            ["ec"] = "",
            ["location"] = found.Location,
            ["name"] = name,
            ["size"] = host.Size(attributes.Size),
            ["version"] = attributes.Version,
        };
        PropertyTable.Write(
            host,
            texts.Where(pair => chosen.Contains(pair.Key))
                .Select(pair => new KeyValuePair<string, string>(pair.Key, pair.Value.Length == 0 ? "-" : pair.Value)),
            !parsed.GetValue(CommonOptions.NoHeaders));
    }
}

/// <summary>An object as <c>--json</c> prints it.</summary>
internal sealed record ObjectDocument
{
    /// <summary>Bucket and name.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Bytes.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }

    /// <summary>Type and value.</summary>
    [JsonPropertyName("checksum")]
    public required string Checksum { get; init; }

    /// <summary>Time of the last access.</summary>
    [JsonPropertyName("atime")]
    public required string AccessTime { get; init; }

    /// <summary>Version.</summary>
    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <summary>Custom metadata.</summary>
    [JsonPropertyName("custom")]
    public required Dictionary<string, string> Custom { get; init; }

    /// <summary>Target and mountpath.</summary>
    [JsonPropertyName("location")]
    public required string Location { get; init; }

    /// <summary>Number of copies.</summary>
    [JsonPropertyName("copies")]
    public required int Copies { get; init; }
}
