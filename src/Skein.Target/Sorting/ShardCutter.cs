using System.Globalization;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Sorting;

namespace Skein.Target.Sorting;

/// <summary>Cuts sorted records into shards. Pure.</summary>
internal static class ShardCutter
{
    /// <summary>
    /// One shard after another under the names of the template, each as soon as it has at least the size asked for.
    /// </summary>
    /// <param name="records">The records, sorted.</param>
    /// <param name="spec">What is asked for, with a template.</param>
    /// <param name="shardBytes">Bytes of the files of a shard; 0 to share all out among the names of the template.</param>
    /// <exception cref="StoreException">When the template has too few names.</exception>
    public static List<PlannedShard> Cut(IReadOnlyList<SortRecord> records, SortSpec spec, long shardBytes)
    {
        var names = spec.OutputNames!;
        if (shardBytes <= 0)
        {
            shardBytes = (records.Sum(record => record.Size) + names.Count - 1) / names.Count;
        }
        var shards = new List<PlannedShard>();
        var (begin, size) = (0, 0L);
        for (var i = 0; i < records.Count; i++)
        {
            size += records[i].Size;
            if (size < shardBytes && i + 1 < records.Count)
            {
                continue;
            }
            if (shards.Count == names.Count)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"number of shards to be created exceeds expected number of shards ({names.Count}): "
                        + $"output_format \"{names.Text}\" needs more names, or output_shard_size has to be larger");
            }
            var name = spec.OutputName(names.NameAt(shards.Count));
            shards.Add(new PlannedShard(name, [.. records.Skip(begin).Take(i + 1 - begin)]));
            (begin, size) = (i + 1, 0);
        }
        return shards;
    }

    /// <summary>Each record into the shards that the order file names for it.</summary>
    /// <param name="records">The records, sorted.</param>
    /// <param name="spec">What is asked for.</param>
    /// <param name="shardBytes">Bytes of the files of a shard.</param>
    /// <param name="order">From names of files to formats of names of shards, with <c>%d</c> for their number.</param>
    /// <param name="missing">Told of a record that is in no line; throws to end the sort.</param>
    /// <exception cref="StoreException">When a name cannot be that of an object.</exception>
    public static List<PlannedShard> CutByOrder(
        IEnumerable<SortRecord> records,
        SortSpec spec,
        long shardBytes,
        IReadOnlyDictionary<string, string> order,
        Action<SortRecord> missing)
    {
        var open = new Dictionary<string, (List<SortRecord> Records, long Size, int Number)>(StringComparer.Ordinal);
        var shards = new List<PlannedShard>();
        foreach (var record in records)
        {
            if (Find(order, record) is not { } format)
            {
                missing(record);
                continue;
            }
            var (content, size, number) = open.GetValueOrDefault(format, ([], 0, 0));
            if (content.Count == 0 || size >= shardBytes)
            {
                content = [];
                size = 0;
                shards.Add(new PlannedShard(Name(spec, format, number++), content));
            }
            content.Add(record);
            open[format] = (content, size + record.Size, number);
        }
        var twice = shards.GroupBy(shard => shard.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1);
        return twice is null
            ? shards
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"the order file gives \"{twice.Key}\" to {twice.Count()} shards: a name needs %d for their number");
    }

    /// <summary>The line of any file of the record, or of its name without an extension.</summary>
    private static string? Find(IReadOnlyDictionary<string, string> order, SortRecord record)
    {
        foreach (var file in record.Files)
        {
            if (order.TryGetValue(file.Name, out var format))
            {
                return format;
            }
        }
        var bare = record.Name[..^SortRecord.ExtensionOf(record.Name).Length];
        return order.GetValueOrDefault(bare);
    }

    private static string Name(SortSpec spec, string format, int number)
    {
        var name = format.Replace("%d", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        ObjectName.Validate(name);
        return spec.OutputName(name);
    }
}
