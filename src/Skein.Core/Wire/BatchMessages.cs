using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>A request for many objects and files in archives as one archive (AIStore's MossReq).</summary>
public sealed record BatchMessage
{
    /// <summary>What is wanted, in the order of the answer.</summary>
    [JsonPropertyName("in"), JsonPropertyOrder(1)]
    public IReadOnlyList<BatchEntry>? Entries { get; init; } = [];

    /// <summary>Format of the answer, as <c>.tar</c>; empty for TAR.</summary>
    [JsonPropertyName("mime"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Mime { get; init; }

    /// <summary>True to put empty files under <c>__404__/</c> for what is missing.</summary>
    [JsonPropertyName("coer"), JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ContinueOnError { get; init; }

    /// <summary>True to leave the bucket out of the names in the answer.</summary>
    [JsonPropertyName("onob"), JsonPropertyOrder(4)]
    public bool OnlyObjectName { get; init; }

    /// <summary>True for the archive alone, sent while it is made; false for a description and then the archive.</summary>
    [JsonPropertyName("strm"), JsonPropertyOrder(5)]
    public bool IsStreamed { get; init; }

    /// <summary>0: any target may put the answer together; 1 and 2: the one that owns most of it.</summary>
    [JsonPropertyName("coloc"), JsonPropertyOrder(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Colocation { get; init; }

    /// <summary>Where empty files stand for what is missing.</summary>
    public const string MissingFolder = "__404__";

    /// <summary>Name of the first part of an answer that is not streamed.</summary>
    public const string DescriptionPart = "metadata";

    /// <summary>Name of its second part.</summary>
    public const string ArchivePart = "archive";

    /// <summary>Most entries of one request.</summary>
    public const int MaxEntries = 100_000;
}

/// <summary>One thing that is wanted (AIStore's MossIn).</summary>
public sealed record BatchEntry
{
    /// <summary>Object name.</summary>
    [JsonPropertyName("objname"), JsonPropertyOrder(1)]
    public string? ObjectName { get; init; } = "";

    /// <summary>Its bucket; empty for the request's.</summary>
    [JsonPropertyName("bucket"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bucket { get; init; }

    /// <summary>Provider of <see cref="Bucket"/>.</summary>
    [JsonPropertyName("provider"), JsonPropertyOrder(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Provider { get; init; }

    /// <summary>Unique name of a bucket, in place of <see cref="Bucket"/>: <c>ais/@#/b</c>.</summary>
    [JsonPropertyName("uname"), JsonPropertyOrder(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Uname { get; init; }

    /// <summary>A file in the object; empty for the object itself.</summary>
    [JsonPropertyName("archpath"), JsonPropertyOrder(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ArchivePath { get; init; }

    /// <summary>The client's own mark, in base64; comes back in the description.</summary>
    [JsonPropertyName("opaque"), JsonPropertyOrder(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Opaque { get; init; }

    /// <summary>First byte wanted.</summary>
    [JsonPropertyName("start"), JsonPropertyOrder(7)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Start { get; init; }

    /// <summary>Number of bytes; 0 for the whole, -1 for all from <see cref="Start"/> on.</summary>
    [JsonPropertyName("length"), JsonPropertyOrder(8)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Length { get; init; }
}

/// <summary>The description of an answer that is not streamed (AIStore's MossResp).</summary>
public sealed record BatchDescription
{
    /// <summary>Id of the answer.</summary>
    [JsonPropertyName("uuid"), JsonPropertyOrder(1)]
    public string Uuid { get; init; } = "";

    /// <summary>One for each entry, in order.</summary>
    [JsonPropertyName("out"), JsonPropertyOrder(2)]
    public IReadOnlyList<BatchOutcome> Outcomes { get; init; } = [];
}

/// <summary>What became of an entry (AIStore's MossOut).</summary>
public sealed record BatchOutcome
{
    /// <summary>Object name.</summary>
    [JsonPropertyName("objname"), JsonPropertyOrder(1)]
    public string ObjectName { get; init; } = "";

    /// <summary>The file in it; absent for the object itself.</summary>
    [JsonPropertyName("archpath"), JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ArchivePath { get; init; }

    /// <summary>Bucket.</summary>
    [JsonPropertyName("bucket"), JsonPropertyOrder(3)]
    public string Bucket { get; init; } = "";

    /// <summary>Provider.</summary>
    [JsonPropertyName("provider"), JsonPropertyOrder(4)]
    public string Provider { get; init; } = "";

    /// <summary>Why it is missing; absent when it is there.</summary>
    [JsonPropertyName("err_msg"), JsonPropertyOrder(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>The client's mark, as it came.</summary>
    [JsonPropertyName("opaque"), JsonPropertyOrder(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Opaque { get; init; }

    /// <summary>Number of bytes in the archive.</summary>
    [JsonPropertyName("size"), JsonPropertyOrder(7)]
    public long Size { get; init; }
}
