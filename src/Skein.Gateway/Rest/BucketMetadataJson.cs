using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Skein.Core.Buckets;

namespace Skein.Gateway.Rest;

/// <summary>All buckets in AIStore's JSON (BMD): provider, then namespace, then name.</summary>
internal static class BucketMetadataJson
{
    public static ReadOnlyMemory<byte> Write(BucketMetadata metadata)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("providers");
            if (!metadata.Buckets.Keys.Any(bucket => bucket.Provider == Providers.Ais))
            {
                // Clients look for this provider without asking whether it is there.
                writer.WriteStartObject(Providers.Ais);
                writer.WriteEndObject();
            }
            foreach (var provider in metadata.Buckets.GroupBy(pair => pair.Key.Provider, StringComparer.Ordinal))
            {
                writer.WriteStartObject(provider.Key);
                foreach (var ns in provider.GroupBy(pair => pair.Key.Namespace.Uname, StringComparer.Ordinal))
                {
                    writer.WriteStartObject(ns.Key);
                    foreach (var (name, props) in ns)
                    {
                        writer.WritePropertyName(name.Name);
                        props.Write(writer);
                    }
                    writer.WriteEndObject();
                }
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteString("uuid", metadata.Uuid);
            writer.WriteString("version", metadata.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
