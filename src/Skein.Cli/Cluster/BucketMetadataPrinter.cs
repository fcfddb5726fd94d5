using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Core.Buckets;

namespace Skein.Cli.Cluster;

/// <summary>Shows the bucket metadata: every bucket with its kind of protection and its age.</summary>
/// <param name="host">Where to write.</param>
/// <param name="metadata">The metadata as the cluster sends them.</param>
internal sealed class BucketMetadataPrinter(CliHost host, JsonElement metadata)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Shows it.</summary>
    public void Write(ParseResult parsed)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            CliJsonContext.Write(host.Writer, metadata, CliJsonContext.Output.JsonElement);
            return;
        }
        var version = PropertyTable.Find(metadata, "version") is { } number ? number.ToString() : "?";
        var table = new TextTable("-").Add("PROVIDER").Add("NAMESPACE").Add("NAME").Add("COPIES").Add("EC(D/P)")
            .Add("CREATED", optional: true);
        var count = 0;
        foreach (var provider in Members(PropertyTable.Find(metadata, "providers")))
        {
            foreach (var ns in Members(provider.Value))
            {
                foreach (var bucket in Members(ns.Value))
                {
                    count++;
                    table.Row(
                        provider.Name, ns.Name == BucketNamespace.Global.Uname ? "" : ns.Name, bucket.Name,
                        On(bucket.Value, "mirror") ? Text(bucket.Value, "mirror.copies") : "",
                        On(bucket.Value, "ec")
                            ? $"{Text(bucket.Value, "ec.data_slices")}/{Text(bucket.Value, "ec.parity_slices")}" : "",
                        Created(bucket.Value));
                }
            }
        }
        if (count == 0)
        {
            host.Writer.WriteLine($"BMD v{version} is empty - no buckets");
            return;
        }
        var headings = !parsed.GetValue(CommonOptions.NoHeaders);
        table.Write(host.Writer, host.Width, headings);
        if (headings)
        {
            host.Writer.WriteLine();
            host.Writer.WriteLine($"BMD Version:  {version}");
            host.Writer.WriteLine($"BMD UUID:     {Text(metadata, "uuid")}");
        }
    }

    private static IEnumerable<JsonProperty> Members(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject() : [];

    private static bool On(JsonElement props, string section) =>
        PropertyTable.Find(props, section + ".enabled") is { ValueKind: JsonValueKind.True };

    private static string Text(JsonElement json, string key) => PropertyTable.Find(json, key)?.ToString() ?? "";

    private static string Created(JsonElement props) =>
        long.TryParse(Text(props, "created"), CultureInfo.InvariantCulture, out var nanoseconds) && nanoseconds != 0
            ? DateTime.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick)
                .ToString("dd MMM yy HH:mm 'UTC'", CultureInfo.InvariantCulture)
            : "";
}
