using Skein.Core.Archives;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Core.Sorting;

/// <summary>What records are sorted by.</summary>
public enum SortKind
{
    /// <summary>Name of the record.</summary>
    Alphanumeric,

    /// <summary>MD5 sum of the name.</summary>
    Md5,

    /// <summary>Nothing: an order that only the seed decides.</summary>
    Shuffle,

    /// <summary>What a file of the record holds.</summary>
    Content,

    /// <summary>Where they stand: the shards in the order in which they are named, each from its beginning.</summary>
    None,
}

/// <summary>What the file holds that records are sorted by.</summary>
public enum SortKeyType
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A decimal number.</summary>
    Decimal,
}

/// <summary>What happens when something is wrong with the input.</summary>
public enum SortReaction
{
    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>It is shown, and the sort goes on.</summary>
    Warn,

    /// <summary>The sort ends.</summary>
    Abort,
}

/// <summary>A distributed sort, checked; see <see cref="SortSpecReader"/>.</summary>
public sealed record SortSpec
{
    /// <summary>Bucket that is read.</summary>
    public required BucketName Input { get; init; }

    /// <summary>Bucket that is written; may be the same.</summary>
    public required BucketName Output { get; init; }

    /// <summary>Which shards are read.</summary>
    public required NamesMessage Names { get; init; }

    /// <summary>Extension that is added to templated names without one; empty for none.</summary>
    public string InputExtension { get; init; } = "";

    /// <summary>Extension of what is written, with its dot.</summary>
    public required string OutputExtension { get; init; }

    /// <summary>Names of what is written; null when <see cref="OrderFile"/> says them.</summary>
    public NameTemplate? OutputNames { get; init; }

    /// <summary>Bytes of the files of one shard that is written; 0 to use all names of the template.</summary>
    public long ShardBytes { get; init; }

    /// <summary>What is sorted by.</summary>
    public SortKind Kind { get; init; }

    /// <summary>True for the greatest first.</summary>
    public bool IsDecreasing { get; init; }

    /// <summary>Seed of a shuffle.</summary>
    public long Seed { get; init; }

    /// <summary>Extension of the file that holds the key, with its dot, for <see cref="SortKind.Content"/>.</summary>
    public string KeyExtension { get; init; } = "";

    /// <summary>What that file holds.</summary>
    public SortKeyType KeyType { get; init; }

    /// <summary>URL of the order file; null for none.</summary>
    public Uri? OrderFile { get; init; }

    /// <summary>Separator of its lines.</summary>
    public string OrderFileSeparator { get; init; } = "\t";

    /// <summary>When a file occurs twice in a shard; the later one counts unless this ends the sort.</summary>
    public SortReaction DuplicatedRecords { get; init; }

    /// <summary>When a shard does not exist.</summary>
    public SortReaction MissingShards { get; init; }

    /// <summary>When a line of the order file is wrong.</summary>
    public SortReaction MalformedLine { get; init; } = SortReaction.Abort;

    /// <summary>When a record is not in the order file; it is left out unless this ends the sort.</summary>
    public SortReaction MissingKey { get; init; } = SortReaction.Abort;

    /// <summary>Percent of the memory of a target that records may take; 0 when <see cref="MemoryBytes"/> says it.</summary>
    public int MemoryPercent { get; init; }

    /// <summary>Bytes that records may take; 0 when <see cref="MemoryPercent"/> says it.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Shards that a target reads at a time; 0 for the default.</summary>
    public int ExtractWorkers { get; init; }

    /// <summary>Shards that a target writes at a time; 0 for the default.</summary>
    public int CreateWorkers { get; init; }

    /// <summary>True to write nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Format of what is written.</summary>
    public ArchiveFormat OutputFormat => ArchiveFormats.OfName(OutputExtension) ?? ArchiveFormat.Tar;

    /// <summary>Which object a name of <see cref="Names"/> means; null for one that is to be passed over.</summary>
    public string? ShardName(string name)
    {
        if (ArchiveFormats.OfName(name) is { } format)
        {
            return InputExtension.Length == 0 || Names.IsList || ArchiveFormats.OfName(InputExtension) == format ? name : null;
        }
        return InputExtension.Length == 0 ? null
            : Names.IsList ? name
            : IsTemplate ? name + InputExtension
            : null;
    }

    /// <summary>Name of what is written, with its extension.</summary>
    public string OutputName(string name) => ArchiveFormats.OfName(name) is null ? name + OutputExtension : name;

    private bool IsTemplate => Names.ReadTemplate() is { IsPrefix: false };
}
