using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Skein.Core.Config.Schema;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;

namespace Skein.Core.Config;

/// <summary>
/// The configuration of the whole cluster, immutable, with the names and the order of AIStore's JSON. Values that no
/// file sets have Skein's compiled defaults.
/// </summary>
[JsonConverter(typeof(ClusterConfigJsonConverter))]
public sealed record ClusterConfig : ConfigSection
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The compiled defaults.</summary>
    public static ClusterConfig Default { get; } = new();

    /// <summary>Remote backends by provider, as AIStore writes them; empty by default.</summary>
    public RawJson Backend { get; init; } = RawJson.EmptyObject;

    /// <summary>Copies on several mountpaths; the default of new buckets.</summary>
    public MirrorSection Mirror { get; init; } = new();

    /// <summary>Erasure coding; the default of new buckets.</summary>
    public ErasureSection Erasure { get; init; } = new();

    /// <summary>Logging.</summary>
    public LogSection Log { get; init; } = new();

    /// <summary>Intervals of periodic work.</summary>
    public PeriodicSection Periodic { get; init; } = new();

    /// <summary>Limits of time between nodes.</summary>
    public TimeoutSection Timeout { get; init; } = new();

    /// <summary>Limits of time of calls.</summary>
    public ClientSection Client { get; init; } = new();

    /// <summary>Where nodes look for their cluster.</summary>
    public ProxySection Proxy { get; init; } = new();

    /// <summary>Watermarks of used capacity.</summary>
    public SpaceSection Space { get; init; } = new();

    /// <summary>Eviction; the default of new buckets with a remote backend.</summary>
    public LruSection Lru { get; init; } = new();

    /// <summary>Measuring of disks.</summary>
    public DiskSection Disk { get; init; } = new();

    /// <summary>Moving objects between targets.</summary>
    public RebalanceSection Rebalance { get; init; } = new();

    /// <summary>Moving objects between mountpaths.</summary>
    public ResilverSection Resilver { get; init; } = new();

    /// <summary>Checksums; the default of new buckets.</summary>
    public ChecksumSection Checksum { get; init; } = new();

    /// <summary>Versions of objects; the default of new buckets.</summary>
    public VersioningSection Versioning { get; init; } = new();

    /// <summary>Networks.</summary>
    public NetworkSection Network { get; init; } = new();

    /// <summary>Watching the health of mountpaths.</summary>
    public MountpathHealthSection MountpathHealth { get; init; } = new();

    /// <summary>Authentication of clients.</summary>
    public AuthenticationSection Authentication { get; init; } = new();

    /// <summary>AIStore's keepalive keys.</summary>
    public KeepaliveSection Keepalive { get; init; } = new();

    /// <summary>Download jobs.</summary>
    public DownloaderSection Downloader { get; init; } = new();

    /// <summary>Distributed sorting.</summary>
    public DistributedSortSection DistributedSort { get; init; } = new();

    /// <summary>Streams between targets.</summary>
    public TransportSection Transport { get; init; } = new();

    /// <summary>Memory of the node.</summary>
    public MemorySection Memory { get; init; } = new();

    /// <summary>Copying of buckets.</summary>
    public CopyBucketSection CopyBucket { get; init; } = new();

    /// <summary>Write policy; the default of new buckets.</summary>
    public WritePolicySection WritePolicy { get; init; } = new();

    /// <summary>Feature bits; 0 by default.</summary>
    public ulong Features { get; init; }

    /// <summary>When the configuration last changed, as text; maintained by the primary.</summary>
    public string LastUpdateTime { get; init; } = "";

    /// <summary>UUID of the cluster; empty before it is formed. Maintained by the primary.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Version of the configuration, counted up by the primary with each change.</summary>
    public long Version { get; init; }

    /// <summary>Skein's own keys.</summary>
    public SkeinSection Skein { get; init; } = new();

    internal static SectionSchema<ClusterConfig> Schema { get; } = BuildSchema();

    /// <summary>Every key with its type, default, range and meaning, in the order of the JSON.</summary>
    public static IReadOnlyList<ConfigKey> DescribeKeys()
    {
        var keys = new List<ConfigKey>();
        Schema.Describe(Default, "", keys);
        return keys;
    }

    /// <summary>
    /// Reads JSON over the compiled defaults: whole or sparse, keys in any case, unknown keys kept.
    /// </summary>
    /// <param name="utf8">JSON text; comments and trailing commas are allowed.</param>
    /// <param name="source">What the text is, for messages, for example the file name.</param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> and every problem found, when the text is not JSON, or a value
    /// has the wrong type or is out of range.
    /// </exception>
    public static ClusterConfig Parse(ReadOnlyMemory<byte> utf8, string source = "configuration") =>
        ConfigReader.Parse(Schema, Default, utf8, source);

    /// <summary>As <see cref="Parse"/>, from JSON that is parsed already.</summary>
    /// <exception cref="StoreException">As for <see cref="Parse"/>.</exception>
    public static ClusterConfig FromJson(JsonElement element) =>
        ConfigReader.Read(Schema, Default, element, "configuration");

    /// <summary>The configuration as one line of JSON with every key.</summary>
    public string ToJson() => Encoding.UTF8.GetString(ToUtf8Json().Span);

    /// <summary>The configuration as one line of JSON with every key.</summary>
    public ReadOnlyMemory<byte> ToUtf8Json()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, Relaxed);
        writer.WriteStartObject();
        WriteMembers(writer, masked: false);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Writes all keys and values without the braces around them.</summary>
    /// <param name="writer">Writer that is inside an object.</param>
    /// <param name="masked">True to write asterisks for secrets.</param>
    public void WriteMembers(Utf8JsonWriter writer, bool masked) =>
        Schema.WriteMembers(writer, masked ? Masked() : this, null, masked);

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

    /// <summary>The same configuration with asterisks for secrets, to be shown to people and clients.</summary>
    public ClusterConfig Masked() => this with { Authentication = Authentication.Masked() };

    /// <summary>Every problem with the values; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Schema.Check(this, "", problems);
        return problems;
    }

    /// <summary>Dotted paths of keys that were read and that neither Skein nor any known AIStore uses.</summary>
    public IReadOnlyList<string> UnknownKeys()
    {
        var unknown = new List<string>();
        Schema.CollectUnknown(this, "", unknown);
        return unknown;
    }

    private static SectionSchema<ClusterConfig> BuildSchema()
    {
        var schema = new SectionSchema<ClusterConfig>()
            .Add(new ValueField<ClusterConfig, RawJson>(
                "backend", "Remote backends by provider, as AIStore writes them.", new RawObjectKind(),
                c => c.Backend, (c, v) => c with { Backend = v }))
            .Section("mirror", MirrorSection.Schema, c => c.Mirror, (c, v) => c with { Mirror = v }, "")
            .Section("ec", ErasureSection.Schema, c => c.Erasure, (c, v) => c with { Erasure = v }, "")
            .Section("log", LogSection.Schema, c => c.Log, (c, v) => c with { Log = v }, "")
            .Section("periodic", PeriodicSection.Schema, c => c.Periodic, (c, v) => c with { Periodic = v }, "")
            .Section("timeout", TimeoutSection.Schema, c => c.Timeout, (c, v) => c with { Timeout = v }, "")
            .Section("client", ClientSection.Schema, c => c.Client, (c, v) => c with { Client = v }, "")
            .Section("proxy", ProxySection.Schema, c => c.Proxy, (c, v) => c with { Proxy = v }, "")
            .Section("space", SpaceSection.Schema, c => c.Space, (c, v) => c with { Space = v }, "")
            .Section("lru", LruSection.Schema, c => c.Lru, (c, v) => c with { Lru = v }, "")
            .Section("disk", DiskSection.Schema, c => c.Disk, (c, v) => c with { Disk = v }, "")
            .Section("rebalance", RebalanceSection.Schema, c => c.Rebalance, (c, v) => c with { Rebalance = v }, "")
            .Section("resilver", ResilverSection.Schema, c => c.Resilver, (c, v) => c with { Resilver = v }, "")
            .Section("checksum", ChecksumSection.Schema, c => c.Checksum, (c, v) => c with { Checksum = v }, "")
            .Section("versioning", VersioningSection.Schema, c => c.Versioning, (c, v) => c with { Versioning = v }, "")
            .Section("net", NetworkSection.Schema, c => c.Network, (c, v) => c with { Network = v }, "");
        return AddSecondHalf(schema);
    }

    private static SectionSchema<ClusterConfig> AddSecondHalf(SectionSchema<ClusterConfig> schema) => schema
        .Section(
            "fshc", MountpathHealthSection.Schema, c => c.MountpathHealth, (c, v) => c with { MountpathHealth = v }, "")
        .Section(
            "auth", AuthenticationSection.Schema, c => c.Authentication, (c, v) => c with { Authentication = v }, "")
        .Section("keepalivetracker", KeepaliveSection.Schema, c => c.Keepalive, (c, v) => c with { Keepalive = v }, "")
        .Section("downloader", DownloaderSection.Schema, c => c.Downloader, (c, v) => c with { Downloader = v }, "")
        .Section(
            "distributed_sort", DistributedSortSection.Schema, c => c.DistributedSort,
            (c, v) => c with { DistributedSort = v }, "")
        .Section("transport", TransportSection.Schema, c => c.Transport, (c, v) => c with { Transport = v }, "")
        .Section("memsys", MemorySection.Schema, c => c.Memory, (c, v) => c with { Memory = v }, "")
        .Section("tcb", CopyBucketSection.Schema, c => c.CopyBucket, (c, v) => c with { CopyBucket = v }, "")
        .Section(
            "write_policy", WritePolicySection.Schema, c => c.WritePolicy, (c, v) => c with { WritePolicy = v }, "")
        .Add(new ValueField<ClusterConfig, ulong>(
            "features", "Feature bits of AIStore, kept and shown.", new UnsignedTextKind(),
            c => c.Features, (c, v) => c with { Features = v }))
        .Add(new ValueField<ClusterConfig, string>(
            "lastupdate_time", "When the configuration last changed.", new TextKind(),
            c => c.LastUpdateTime, (c, v) => c with { LastUpdateTime = v })
        { Settable = false })
        .Add(new ValueField<ClusterConfig, string>(
            "uuid", "UUID of the cluster.", new TextKind(), c => c.Uuid, (c, v) => c with { Uuid = v })
        { Settable = false })
        .Add(new ValueField<ClusterConfig, long>(
            "config_version", "Version of the configuration.", new SignedTextKind(),
            c => c.Version, (c, v) => c with { Version = v })
        { Settable = false })
        .Section("skein", SkeinSection.Schema, c => c.Skein, (c, v) => c with { Skein = v }, "")
        .Accept("ext", "tco", "arch", "lso", "rate_limit", "get_batch", "chunks", "tracing");
}
