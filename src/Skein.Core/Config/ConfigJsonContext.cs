using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Core.Config;

/// <summary>Writes every key of the cluster configuration, and reads it whole or sparse.</summary>
public sealed class ClusterConfigJsonConverter : JsonConverter<ClusterConfig>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">When a value is wrong; the message names key and limits.</exception>
    public override ClusterConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            return ClusterConfig.FromJson(document.RootElement);
        }
        catch (StoreException failure)
        {
            throw new JsonException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ClusterConfig value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        value.WriteMembers(writer, masked: false);
        writer.WriteEndObject();
    }
}

/// <summary>
/// Writes only what differs from the compiled defaults; reads as <see cref="ClusterConfigJsonConverter"/>.
/// </summary>
public sealed class SparseClusterConfigJsonConverter : JsonConverter<ClusterConfig>
{
    private readonly ClusterConfigJsonConverter _full = new();

    /// <inheritdoc/>
    public override ClusterConfig? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        _full.Read(ref reader, typeToConvert, options);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ClusterConfig value, JsonSerializerOptions options) =>
        value.WriteSparse(writer);
}

/// <summary>JSON of the configuration types without reflection.</summary>
[JsonSerializable(typeof(ClusterConfig))]
[JsonSerializable(typeof(BucketProps))]
public sealed partial class ConfigJsonContext : JsonSerializerContext;
