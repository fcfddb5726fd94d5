namespace Skein.Target.Sorting;

/// <summary>Makes records of the files of one shard.</summary>
/// <param name="shard">Name of the shard.</param>
/// <param name="ordinal">Its place among those that are named.</param>
internal sealed class RecordCollector(string shard, long ordinal)
{
    private readonly Dictionary<string, SortRecord> _byName = new(StringComparer.Ordinal);
    private readonly List<SortRecord> _records = [];

    /// <summary>The records, in the order of their first files.</summary>
    public IReadOnlyList<SortRecord> Records => _records;

    /// <summary>Adds the next file of the shard.</summary>
    /// <param name="file">The file.</param>
    /// <param name="key">What it says that its record is sorted by; null when it does not.</param>
    /// <returns>
    /// False when the shard has a file of that name already: the later one counts, as for whoever unpacks the shard.
    /// </returns>
    public bool Add(SortFile file, string? key)
    {
        var bare = file.Name[..^SortRecord.ExtensionOf(file.Name).Length];
        if (!_byName.TryGetValue(bare, out var record))
        {
            record = new SortRecord(shard, ordinal, _records.Count, file.Name);
            _records.Add(record);
            _byName.Add(bare, record);
        }
        record.Key = key ?? record.Key;
        var older = record.Files.FindIndex(other => other.Name == file.Name);
        if (older < 0)
        {
            record.Files.Add(file);
            return true;
        }
        record.Files[older] = file;
        return false;
    }
}
