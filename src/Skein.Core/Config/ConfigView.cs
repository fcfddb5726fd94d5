using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Skein.Core.Config;

/// <summary>
/// Configuration as the API shows it: one line of UTF-8 JSON with every key, and asterisks for secrets.
/// </summary>
public static class ConfigView
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer to <c>what=cluster_config</c>.</summary>
    public static ReadOnlyMemory<byte> OfCluster(ClusterConfig cluster) => Write(cluster, null);

    /// <summary>The answer to <c>what=config</c>: the keys of the cluster, then those of the node.</summary>
    /// <param name="cluster">Cluster configuration as it is in force on the node.</param>
    /// <param name="node">Configuration of the node.</param>
    public static ReadOnlyMemory<byte> OfNode(ClusterConfig cluster, NodeConfig node) => Write(cluster, node);

    private static ReadOnlyMemory<byte> Write(ClusterConfig cluster, NodeConfig? node)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            cluster.WriteMembers(writer, masked: true);
            node?.WriteMembers(writer);
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
