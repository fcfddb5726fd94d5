using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Core.Maps;

/// <summary>
/// The control document as bytes: one JSON object with a format version, in which bucket properties and configuration
/// are sparse (only what differs from the compiled defaults). The same bytes are stored, sent and hashed.
/// </summary>
public static class ControlDocumentCodec
{
    /// <summary>
    /// Version of the format that is written. Format 1 had one set of targets in place of <c>owners</c>; format 2 knew
    /// neither who is clean nor a rebalance under way nor nodes on their way out.
    /// </summary>
    public const int Format = 3;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document and computes the hash.</summary>
    public static SealedDocument Seal(ControlDocument document)
    {
        var body = Write(document);
        return new SealedDocument(document, body, Convert.ToHexStringLower(SHA256.HashData(body.Span)));
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDataException">When the bytes are not a document of a known format.</exception>
    public static SealedDocument Open(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            return new SealedDocument(
                Read(json.RootElement), body, Convert.ToHexStringLower(SHA256.HashData(body.Span)));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or ArgumentException or StoreException)
        {
            throw new InvalidDataException($"not a control document: {e.Message}", e);
        }
    }

    private static ReadOnlyMemory<byte> Write(ControlDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("stamp", document.Stamp.ToString());
            json.WriteStartObject("change");
            json.WriteString("what", document.LastChange.What);
            json.WriteString("who", document.LastChange.Who);
            json.WriteString("why", document.LastChange.Why);
            json.WriteNumber("time", document.LastChange.Time);
            json.WriteEndObject();
            json.WriteStartArray("voters");
            foreach (var voter in document.Voters)
            {
                json.WriteStartObject();
                json.WriteString("id", voter.Id);
                json.WriteString("incarnation", voter.Incarnation);
                json.WriteBoolean("witness", voter.IsWitness);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WritePropertyName("smap");
            JsonSerializer.Serialize(json, WireClusterMap.From(document.Map), WireJsonContext.Output.WireClusterMap);
            WriteBuckets(json, document.Buckets);
            json.WriteStartObject("rmd");
            json.WriteNumber("version", document.Rebalance.Version);
            WriteOwners(json, document.Rebalance);
            json.WriteEndObject();
            WriteTransitions(json, document);
            json.WritePropertyName("config");
            document.Config.WriteSparse(json);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void WriteBuckets(Utf8JsonWriter json, BucketMetadata metadata)
    {
        json.WriteStartObject("bmd");
        json.WriteString("uuid", metadata.Uuid);
        json.WriteNumber("version", metadata.Version);
        json.WriteNumber("last", metadata.LastBucketNumber);
        json.WriteStartObject("buckets");
        foreach (var (name, props) in metadata.Buckets)
        {
            json.WritePropertyName(name.Uname);
            props.WriteSparse(json);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ControlDocument Read(JsonElement root)
    {
        var format = root.GetProperty("format").GetInt32();
        if (format is not (>= 1 and <= Format))
        {
            throw new FormatException($"format {format}, this build reads formats 1 to {Format}");
        }
        if (!DocumentStamp.TryParse(root.GetProperty("stamp").GetString(), out var stamp))
        {
            throw new FormatException("bad stamp");
        }
        var change = root.GetProperty("change");
        var rebalance = root.GetProperty("rmd");
        var map = root.GetProperty("smap").Deserialize(WireJsonContext.Output.WireClusterMap)
            ?? throw new FormatException("no cluster map");
        return new ControlDocument
        {
            Stamp = stamp,
            LastChange = new ChangeRecord(
                change.GetProperty("what").GetString() ?? "",
                change.GetProperty("who").GetString() ?? "",
                change.GetProperty("why").GetString() ?? "",
                change.GetProperty("time").GetInt64()),
            Voters =
            [
                .. root.GetProperty("voters").EnumerateArray().Select(voter => new VoterInfo(
                    voter.GetProperty("id").GetString() ?? "",
                    voter.GetProperty("incarnation").GetString() ?? "",
                    voter.GetProperty("witness").GetBoolean())),
            ],
            Map = map.ToMap(),
            Buckets = ReadBuckets(root.GetProperty("bmd")),
            Rebalance = ReadRebalance(rebalance, format),
            Transitions = format < 3 ? ControlDocument.NoTransitions : ReadTransitions(root.GetProperty("transitions")),
            Config = ClusterConfig.FromJson(root.GetProperty("config")),
        };
    }

    private static void WriteOwners(Utf8JsonWriter json, RebalanceMetadata rebalance)
    {
        json.WriteBoolean("cut", rebalance.IsCut);
        json.WriteStartArray("owners");
        foreach (var owners in rebalance.Owners)
        {
            json.WriteStartObject();
            json.WriteNumber("since", owners.Since);
            json.WriteStartArray("targets");
            foreach (var id in owners.TargetIds)
            {
                json.WriteStringValue(id);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("clean");
        foreach (var (id, since) in rebalance.Clean)
        {
            json.WriteNumber(id, since);
        }
        json.WriteEndObject();
        json.WriteString("state", rebalance.Run.State.ToString());
        json.WriteString("note", rebalance.Run.Note);
        json.WriteNumber("run_owners", rebalance.Run.OwnersVersion);
    }

    private static void WriteTransitions(Utf8JsonWriter json, ControlDocument document)
    {
        json.WriteStartObject("transitions");
        foreach (var (id, transition) in document.Transitions)
        {
            json.WriteStartObject(id);
            json.WriteString("action", transition.Action.ToString());
            json.WriteBoolean("skip_rebalance", transition.SkipRebalance);
            json.WriteBoolean("rm_user_data", transition.RemoveUserData);
            json.WriteBoolean("keep_initial_config", transition.KeepInitialConfig);
            json.WriteBoolean("no_shutdown", transition.NoShutdown);
            json.WriteString("who", transition.Who);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static ImmutableSortedDictionary<string, NodeTransition> ReadTransitions(JsonElement json) =>
        ControlDocument.NoTransitions.AddRange(json.EnumerateObject().Select(entry =>
            KeyValuePair.Create(
                entry.Name,
                new NodeTransition(
                    Enum.Parse<LifecycleAction>(entry.Value.GetProperty("action").GetString() ?? ""),
                    entry.Value.GetProperty("skip_rebalance").GetBoolean(),
                    entry.Value.GetProperty("rm_user_data").GetBoolean(),
                    entry.Value.GetProperty("keep_initial_config").GetBoolean(),
                    entry.Value.GetProperty("no_shutdown").GetBoolean(),
                    entry.Value.GetProperty("who").GetString() ?? ""))));

    private static RebalanceMetadata ReadRebalance(JsonElement json, int format)
    {
        var version = json.GetProperty("version").GetInt64();
        if (format == 1)
        {
            return new RebalanceMetadata(version, [new OwnerSet(0, Targets(json))], IsCut: true);
        }
        var read = new RebalanceMetadata(
            version,
            [
                .. json.GetProperty("owners").EnumerateArray().Select(owners =>
                    new OwnerSet(owners.GetProperty("since").GetInt64(), Targets(owners))),
            ],
            json.GetProperty("cut").GetBoolean());
        return format == 2 ? read : read with
        {
            Clean = RebalanceMetadata.NoneClean.AddRange(json.GetProperty("clean").EnumerateObject()
                .Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetInt64()))),
            Run = new RebalanceRun(
                Enum.Parse<RebalanceState>(json.GetProperty("state").GetString() ?? ""),
                json.GetProperty("note").GetString() ?? "",
                json.GetProperty("run_owners").GetInt64()),
        };

        static ImmutableArray<string> Targets(JsonElement json) =>
            [.. json.GetProperty("targets").EnumerateArray().Select(id => id.GetString() ?? "")];
    }

    private static BucketMetadata ReadBuckets(JsonElement json)
    {
        var buckets = ImmutableSortedDictionary.CreateBuilder<BucketName, BucketProps>();
        foreach (var entry in json.GetProperty("buckets").EnumerateObject())
        {
            buckets.Add(BucketName.ParseUname(entry.Name), BucketProps.FromJson(entry.Value));
        }
        return new BucketMetadata(
            buckets.ToImmutable(),
            json.GetProperty("uuid").GetString() ?? "",
            json.GetProperty("version").GetInt64(),
            json.GetProperty("last").GetInt64());
    }
}
