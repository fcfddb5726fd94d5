using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Skein.Core.Config;
using Skein.Core.Config.Schema;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;

namespace Skein.Core.Buckets;

/// <summary>The properties of one bucket, immutable, with the names and the order of AIStore's JSON.</summary>
[JsonConverter(typeof(BucketPropsJsonConverter))]
public sealed record BucketProps : ConfigSection
{
    /// <summary>The properties of an ais bucket made under the compiled default configuration, without an id.</summary>
    public static BucketProps Default { get; } = Create(ClusterConfig.Default, Providers.Ais, 0, 0);

    /// <summary>The remote bucket behind this one; empty by default.</summary>
    public BackendBucketSection Backend { get; init; } = new();

    /// <summary>Properties for one kind of backend only.</summary>
    public ExtraPropsSection BackendExtra { get; init; } = new();

    /// <summary>Write policy.</summary>
    public WritePolicySection WritePolicy { get; init; } = new();

    /// <summary>Canonical provider of the bucket.</summary>
    public string Provider { get; init; } = Providers.Ais;

    /// <summary>Previous name of a bucket that is being renamed; empty otherwise.</summary>
    public string Renamed { get; init; } = "";

    /// <summary>True for a bucket whose objects move to its new name: <see cref="Renamed"/> has the id of the job.</summary>
    public bool IsRenamedAway => Renamed.Length != 0 && !Renamed.Contains('/', StringComparison.Ordinal);

    /// <summary>True for the new name, until all objects are there: <see cref="Renamed"/> is the old unique name.</summary>
    public bool IsRenamedFrom => Renamed.Contains('/', StringComparison.Ordinal);

    /// <summary>Checksums.</summary>
    public ChecksumSection Checksum { get; init; } = new();

    /// <summary>Erasure coding.</summary>
    public ErasureSection Erasure { get; init; } = new();

    /// <summary>Eviction.</summary>
    public LruSection Lru { get; init; } = new();

    /// <summary>Copies on several mountpaths.</summary>
    public MirrorSection Mirror { get; init; } = new();

    /// <summary>What may be done; everything by default.</summary>
    public AccessPermissions Access { get; init; } = AccessPermissions.All;

    /// <summary>Feature bits; 0 by default.</summary>
    public ulong Features { get; init; }

    /// <summary>Id of the bucket, unique in the cluster and for ever; the top bit marks ais buckets.</summary>
    public ulong BucketId { get; init; }

    /// <summary>When the bucket was created, in nanoseconds since 1970 UTC.</summary>
    public long CreatedNanoseconds { get; init; }

    /// <summary>Versions of objects.</summary>
    public VersioningSection Versioning { get; init; } = new();

    /// <summary>Skein's own: when a write is acknowledged.</summary>
    public DurabilitySection Durability { get; init; } = new();

    internal static SectionSchema<BucketProps> Schema { get; } = BuildSchema();

    /// <summary>The properties of a new bucket.</summary>
    /// <param name="config">Cluster configuration, from which defaults are taken.</param>
    /// <param name="provider">Canonical provider.</param>
    /// <param name="bucketId">Id of the bucket.</param>
    /// <param name="createdNanoseconds">Time of creation, in nanoseconds since 1970 UTC.</param>
    public static BucketProps Create(ClusterConfig config, string provider, ulong bucketId, long createdNanoseconds) =>
        new()
        {
            Provider = provider,
            BucketId = bucketId,
            CreatedNanoseconds = createdNanoseconds,
            WritePolicy = config.WritePolicy with
            {
                Data = OrImmediate(config.WritePolicy.Data),
                Metadata = OrImmediate(config.WritePolicy.Metadata),
            },
            Checksum = config.Checksum,
            Erasure = config.Erasure,
            Lru = provider == Providers.Ais ? config.Lru with { Enabled = false } : config.Lru,
            Mirror = config.Mirror,
            Features = config.Features,
            Versioning = config.Versioning,
            Durability = config.Skein.Durability,
        };

    /// <summary>The properties of a new bucket whose objects are kept elsewhere.</summary>
    /// <param name="config">Cluster configuration, from which defaults are taken.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="versioning">True when its home keeps versions.</param>
    /// <param name="bucketId">Id of the bucket here.</param>
    /// <param name="createdNanoseconds">When it became known here, in nanoseconds since 1970 UTC.</param>
    public static BucketProps CreateRemote(
        ClusterConfig config, BucketName bucket, bool versioning, ulong bucketId, long createdNanoseconds) =>
        Create(config, bucket.Provider, bucketId, createdNanoseconds) with
        {
            Lru = config.Lru,
            Versioning = config.Versioning with { Enabled = versioning },
        };

    /// <summary>
    /// Reads properties over <see cref="Default"/>: whole or sparse, keys in any case, unknown keys kept.
    /// </summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> when a value has the wrong type or is out of range.
    /// </exception>
    public static BucketProps FromJson(JsonElement element) =>
        ConfigReader.Read(Schema, Default, element, "bucket properties");

    /// <summary>The properties as one line of ASCII JSON, for the header <c>Ais-Bucket-Props</c>.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes an object with every key.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Schema.WriteMembers(writer, this, null, masked: false);
        writer.WriteEndObject();
    }

    /// <summary>Writes an object with only what differs from <see cref="Default"/>.</summary>
    public void WriteSparse(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Schema.WriteMembers(writer, this, Default, masked: false);
        writer.WriteEndObject();
    }

    /// <summary>
    /// What differs from <see cref="Default"/>, as an object that <see cref="FromJson"/> understands.
    /// </summary>
    public JsonObject ToSparse() => ConfigReader.ToNode(WriteSparse);

    /// <summary>Every problem with the values; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Schema.Check(this, "", problems);
        return problems;
    }

    /// <summary>Every key with its type, default, range and meaning, in the order of the JSON.</summary>
    public static IReadOnlyList<ConfigKey> DescribeKeys()
    {
        var keys = new List<ConfigKey>();
        Schema.Describe(Default, "", keys);
        return keys;
    }

    private static string OrImmediate(string policy) => policy.Length == 0 ? WritePolicySection.Immediate : policy;

    private static SectionSchema<BucketProps> BuildSchema() => new SectionSchema<BucketProps>()
        .Section("backend_bck", BackendBucketSection.Schema, p => p.Backend, (p, v) => p with { Backend = v }, "")
        .Section("extra", ExtraPropsSection.Schema, p => p.BackendExtra, (p, v) => p with { BackendExtra = v }, "")
        .Section(
            "write_policy", WritePolicySection.Schema, p => p.WritePolicy,
            (p, v) => p with
            {
                WritePolicy = v with { Data = OrImmediate(v.Data), Metadata = OrImmediate(v.Metadata) },
            },
            "")
        .Add(new ValueField<BucketProps, string>(
            "provider", "Provider of the bucket.", new TextKind(), p => p.Provider, (p, v) => p with { Provider = v })
        { Settable = false })
        .Add(new ValueField<BucketProps, string>(
            "Renamed", "Previous name of a bucket that is being renamed.", new TextKind(),
            p => p.Renamed, (p, v) => p with { Renamed = v })
        { Settable = false })
        .Section("checksum", ChecksumSection.Schema, p => p.Checksum, (p, v) => p with { Checksum = v }, "")
        .Section("ec", ErasureSection.Schema, p => p.Erasure, (p, v) => p with { Erasure = v }, "")
        .Section("lru", LruSection.Schema, p => p.Lru, (p, v) => p with { Lru = v }, "")
        .Section("mirror", MirrorSection.Schema, p => p.Mirror, (p, v) => p with { Mirror = v }, "")
        .Add(new ValueField<BucketProps, AccessPermissions>(
            "access", "What may be done with the bucket; a sum of bits, or ro, rw, su on the command line.",
            new AccessKind(), p => p.Access, (p, v) => p with { Access = v }))
        .Add(new ValueField<BucketProps, ulong>(
            "features", "Feature bits of AIStore, kept and shown.", new UnsignedTextKind(),
            p => p.Features, (p, v) => p with { Features = v }))
        .Add(new ValueField<BucketProps, ulong>(
            "bid", "Id of the bucket.", new UnsignedTextKind(), p => p.BucketId, (p, v) => p with { BucketId = v })
        { Settable = false })
        .Add(new ValueField<BucketProps, long>(
            "created", "When the bucket was created, in nanoseconds since 1970 UTC.", new SignedTextKind(),
            p => p.CreatedNanoseconds, (p, v) => p with { CreatedNanoseconds = v })
        { Settable = false })
        .Section("versioning", VersioningSection.Schema, p => p.Versioning, (p, v) => p with { Versioning = v }, "")
        .Section("durability", DurabilitySection.Schema, p => p.Durability, (p, v) => p with { Durability = v }, "")
        .Accept("rate_limit", "chunks")
        .Ignore("force")
        .Rule(p => p.Backend.IsEmpty || p.Provider == Providers.Ais
            ? null
            : $"wrong bucket provider \"{p.Provider}\": only AIS buckets can have remote backend "
                + $"(\"{p.Backend.Provider}://{p.Backend.Name}\")")
        .Rule(p => p.Backend.Name.Length != 0 && p.Backend.Provider.Length == 0
            ? $"backend bucket \"{p.Backend.Name}\": provider is empty"
            : null)
        .Rule(p => p.Backend.Name.Length == 0 && p.Backend.Provider.Length != 0
            ? $"backend bucket of provider \"{p.Backend.Provider}\": name is empty"
            : null);
}

/// <summary>Writes every property, and reads them whole or sparse.</summary>
public sealed class BucketPropsJsonConverter : JsonConverter<BucketProps>
{
    /// <inheritdoc/>
    /// <exception cref="JsonException">When a value is wrong; the message names key and limits.</exception>
    public override BucketProps Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            return BucketProps.FromJson(document.RootElement);
        }
        catch (StoreException failure)
        {
            throw new JsonException(failure.Message, failure);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, BucketProps value, JsonSerializerOptions options) =>
        value.Write(writer);
}

/// <summary>
/// Writes only what differs from <see cref="BucketProps.Default"/>; reads as <see cref="BucketPropsJsonConverter"/>.
/// </summary>
public sealed class SparseBucketPropsJsonConverter : JsonConverter<BucketProps>
{
    private readonly BucketPropsJsonConverter _full = new();

    /// <inheritdoc/>
    public override BucketProps? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        _full.Read(ref reader, typeToConvert, options);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, BucketProps value, JsonSerializerOptions options) =>
        value.WriteSparse(writer);
}
