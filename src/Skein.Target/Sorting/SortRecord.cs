namespace Skein.Target.Sorting;

/// <summary>A file of a record, and where its bytes are on the target that read it.</summary>
/// <param name="Name">Its whole name in the archive.</param>
/// <param name="Size">Number of bytes.</param>
/// <param name="Modified">When it was changed last, in UTC ticks.</param>
/// <param name="Source">Which of the target's <see cref="ContentStore"/> sources.</param>
/// <param name="Offset">Where in it.</param>
internal readonly record struct SortFile(string Name, long Size, long Modified, int Source, long Offset);

/// <summary>
/// What is sorted: the files of one shard whose names differ only in their extension, as <c>a.jpg</c> and <c>a.cls</c>. They
/// stay together.
/// </summary>
/// <param name="shard">The shard that it comes from.</param>
/// <param name="ordinal">Place of that shard among those that are named; 0 where only a prefix is.</param>
/// <param name="index">Place of the record in the shard.</param>
/// <param name="name">Name of its first file.</param>
internal sealed class SortRecord(string shard, long ordinal, int index, string name)
{
    /// <summary>The shard that it comes from.</summary>
    public string Shard => shard;

    /// <summary>Place of that shard.</summary>
    public long Ordinal => ordinal;

    /// <summary>Place of the record in it.</summary>
    public int Index => index;

    /// <summary>Name of its first file.</summary>
    public string Name => name;

    /// <summary>What a file of it holds that is sorted by; null when it has none, or nothing of the kind is asked for.</summary>
    public string? Key { get; set; }

    /// <summary>Place among the targets that take part of the one that has its bytes.</summary>
    public int Target { get; set; }

    /// <summary>Its files, in their order in the shard.</summary>
    public List<SortFile> Files { get; } = [];

    /// <summary>Bytes of its files.</summary>
    public long Size => Files.Sum(file => file.Size);

    /// <summary>Memory that it takes, about, in bytes.</summary>
    public long Cost => SortLimits.RecordCost + (2L * (shard.Length + name.Length + (Key?.Length ?? 0)))
        + Files.Sum(file => SortLimits.RecordCost + (2L * file.Name.Length));

    /// <summary>The extension of a file's name, from the first dot after its last slash on; empty for none.</summary>
    public static string ExtensionOf(string name)
    {
        var dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
        return dot < 0 ? "" : name[dot..];
    }
}

/// <summary>A shard that is to be written.</summary>
/// <param name="Name">Its name with the extension.</param>
/// <param name="Records">What goes into it, in order.</param>
internal sealed record PlannedShard(string Name, IReadOnlyList<SortRecord> Records)
{
    /// <summary>Bytes of the files.</summary>
    public long Size => Records.Sum(record => record.Size);
}
