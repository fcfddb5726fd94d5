using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;

namespace Skein.Gateway.Operations;

/// <summary>Everything that a node knows of the cluster in AIStore's one object (<c>what=smapvote</c>).</summary>
internal static class ClusterMetaJson
{
    public static ReadOnlyMemory<byte> Write(ControlDocument document, INodeFacts facts)
    {
        var buffer = new ArrayBufferWriter<byte>(16 << 10);
        using (var writer = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("smap");
            JsonSerializer.Serialize(writer, WireClusterMap.From(document.Map), WireJsonContext.Output.WireClusterMap);
            writer.WritePropertyName("bmd");
            writer.WriteRawValue(BucketMetadataJson.Write(document.Buckets).Span);
            writer.WriteStartObject("rmd");
            writer.WriteString("cluster_id", document.Uuid);
            writer.WriteNumber("version", document.Rebalance.Version);
            writer.WriteEndObject();
            writer.WriteStartObject("etlMD");
            writer.WriteNumber("version", 0);
            writer.WriteStartObject("etls");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WritePropertyName("config");
            writer.WriteRawValue(facts.ReadClusterConfig().Span);
            writer.WritePropertyName("si");
            JsonSerializer.Serialize(writer, facts.Self, WireJsonContext.Output.NodeInfo);
            writer.WriteNumber("prime_time", 0);
            writer.WriteNumber("flags", facts.StateFlags);
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
