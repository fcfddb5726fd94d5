using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>What to list (AIStore's LsoMsg).</summary>
public sealed record ListObjectsMessage
{
    /// <summary>Empty on the first page; afterwards the id that the first page returned.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(1)]
    public string? Uuid { get; init; } = "";

    /// <summary>Comma-separated properties wanted; empty for the default.</summary>
    [JsonPropertyName("props"), JsonPropertyOrder(2)]
    public string? Props { get; init; } = "";

    /// <summary>Go time layout for times; empty for the default.</summary>
    [JsonPropertyName("time_format"), JsonPropertyOrder(3)]
    public string? TimeFormat { get; init; } = "";

    /// <summary>Only names that begin with this.</summary>
    [JsonPropertyName("prefix"), JsonPropertyOrder(4)]
    public string? Prefix { get; init; } = "";

    /// <summary>Only names greater than this.</summary>
    [JsonPropertyName("start_after"), JsonPropertyOrder(5)]
    public string? StartAfter { get; init; } = "";

    /// <summary>Token from the page before.</summary>
    [JsonPropertyName("continuation_token"), JsonPropertyOrder(6)]
    public string? ContinuationToken { get; init; } = "";

    /// <summary>Target that asks a remote backend; ignored for Skein's own buckets.</summary>
    [JsonPropertyName("target"), JsonPropertyOrder(7)]
    public string? Target { get; init; } = "";

    /// <summary><see cref="ListFlags"/> in decimal.</summary>
    [JsonPropertyName("flags"), JsonPropertyOrder(8)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public ulong Flags { get; init; }

    /// <summary>Names per page; 0 means the most.</summary>
    [JsonPropertyName("pagesize"), JsonPropertyOrder(9)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public long PageSize { get; init; }

    /// <summary>The greatest page size for Skein's own buckets; greater ones are cut to it.</summary>
    public const int MaxPageSize = 10_000;
}

/// <summary>Flags of <see cref="ListObjectsMessage.Flags"/>.</summary>
[Flags]
public enum ListFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Only what is in the cluster.</summary>
    Cached = 1 << 0,

    /// <summary>Also misplaced objects and copies.</summary>
    Missing = 1 << 1,

    /// <summary>Also deleted objects.</summary>
    Deleted = 1 << 2,

    /// <summary>Also what is inside archives.</summary>
    Archives = 1 << 3,

    /// <summary>Names only.</summary>
    NamesOnly = 1 << 4,

    /// <summary>Names and sizes only.</summary>
    NameSize = 1 << 5,

    /// <summary>Only buckets that the cluster knows.</summary>
    BucketPresent = 1 << 6,

    /// <summary>Do not ask the home of a remote bucket whether it exists.</summary>
    DontHeadRemote = 1 << 7,

    /// <summary>Do not add a remote bucket to the metadata.</summary>
    DontAddRemote = 1 << 8,

    /// <summary>Only what is not in the cluster.</summary>
    NotCached = 1 << 9,

    /// <summary>Only what the home of a remote bucket tells.</summary>
    OnlyRemoteProps = 1 << 10,

    /// <summary>Directories as one entry each.</summary>
    NonRecursive = 1 << 11,

    /// <summary>Mark what differs from the home of a remote bucket, or is gone there.</summary>
    VersionChanged = 1 << 12,
}

/// <summary>A page of a listing (AIStore's LsoRes).</summary>
public sealed record ListObjectsResult
{
    /// <summary>Id of the listing.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(1)]
    public string Uuid { get; init; } = "";

    /// <summary>Token for the next page; empty after the last.</summary>
    [JsonPropertyName("continuation_token"), JsonPropertyOrder(2)]
    public string ContinuationToken { get; init; } = "";

    /// <summary>Entries in bytewise order of names; null in JSON when there are none.</summary>
    [JsonPropertyName("entries"), JsonPropertyOrder(3)]
    public IReadOnlyList<ListEntry>? Entries { get; init; }

    /// <summary>1 when the page may be incomplete.</summary>
    [JsonPropertyName("flags"), JsonPropertyOrder(4)]
    public uint Flags { get; init; }
}

/// <summary>An entry of a listing. Properties that were not asked for, or are empty, are absent.</summary>
public sealed record ListEntry
{
    /// <summary>Flag of an entry that is present in the cluster.</summary>
    public const ushort PresentFlag = 64;

    /// <summary>Flag of an entry that stands for a directory.</summary>
    public const ushort DirectoryFlag = 256;

    /// <summary>Flag of an entry whose home has another version than the cluster.</summary>
    public const ushort VersionChangedFlag = 1024;

    /// <summary>Flag of an entry that its home no longer has.</summary>
    public const ushort VersionRemovedFlag = 2048;

    /// <summary>Flag of an entry that is a file in an archive.</summary>
    public const ushort InArchiveFlag = 128;

    /// <summary>Flag of an entry that is an archive whose files are listed, too.</summary>
    public const ushort ArchiveFlag = 512;

    /// <summary>Object name; of a file in an archive the archive's name, a slash, and the file's name there.</summary>
    [JsonPropertyName("name"), JsonPropertyOrder(1)]
    public required string Name { get; init; }

    /// <summary>Checksum value.</summary>
    [JsonPropertyName("checksum"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Checksum { get; init; }

    /// <summary>Access time, formatted.</summary>
    [JsonPropertyName("atime"), JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AccessTime { get; init; }

    /// <summary>Version.</summary>
    [JsonPropertyName("version"), JsonPropertyOrder(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>Where it lies: <c>t[id]:mp[path, disk]</c>.</summary>
    [JsonPropertyName("location"), JsonPropertyOrder(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Location { get; init; }

    /// <summary>Custom metadata in one string.</summary>
    [JsonPropertyName("custom-md"), JsonPropertyOrder(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Custom { get; init; }

    /// <summary>Size in bytes; 0 is absent on the wire.</summary>
    [JsonPropertyName("size"), JsonPropertyOrder(7)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
    public long Size { get; init; }

    /// <summary>Number of copies; 0 is absent on the wire.</summary>
    [JsonPropertyName("copies"), JsonPropertyOrder(8)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public short Copies { get; init; }

    /// <summary>Entry flags.</summary>
    [JsonPropertyName("flags"), JsonPropertyOrder(9)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ushort Flags { get; init; }
}
