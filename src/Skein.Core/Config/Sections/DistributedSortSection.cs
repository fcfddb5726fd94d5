using System.Globalization;
using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Distributed sorting of shards (<c>distributed_sort</c>).</summary>
public sealed record DistributedSortSection : ConfigSection
{
    private static readonly string[] Reactions = ["ignore", "warn", "abort"];

    /// <summary>What a record that occurs twice does: ignore, warn or abort. Default ignore.</summary>
    public string DuplicatedRecords { get; init; } = "ignore";

    /// <summary>What a missing shard does: ignore, warn or abort. Default ignore.</summary>
    public string MissingShards { get; init; } = "ignore";

    /// <summary>What a malformed line of the key map does: ignore, warn or abort. Default abort.</summary>
    public string MalformedLine { get; init; } = "abort";

    /// <summary>What a key that is not in the key map does: ignore, warn or abort. Default abort.</summary>
    public string MissingKey { get; init; } = "abort";

    /// <summary>Memory that a job may use, as a percentage or a size. Default 80%.</summary>
    public string MaxMemoryUsage { get; init; } = "80%";

    /// <summary>Limit of one call between targets. Unit: time. Range 1s to 1h. Default 10m.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Free memory above which shards are kept in memory, as a size. Default 100GB.</summary>
    public string MemoryThreshold { get; init; } = "100GB";

    /// <summary>Whether what is sent is compressed; <c>always</c> or <c>never</c>, default <c>never</c>.</summary>
    public string Compression { get; init; } = "never";

    /// <summary>Connections to each destination, 0 to 16, default 4; 0 means one.</summary>
    public int BundleMultiplier { get; init; } = 4;

    internal static SectionSchema<DistributedSortSection> Schema { get; } = new SectionSchema<DistributedSortSection>()
        .Choice(
            "duplicated_records", s => s.DuplicatedRecords, (s, v) => s with { DuplicatedRecords = v }, Reactions,
            "What a record that occurs twice does.")
        .Choice(
            "missing_shards", s => s.MissingShards, (s, v) => s with { MissingShards = v }, Reactions,
            "What a missing shard does.")
        .Choice(
            "ekm_malformed_line", s => s.MalformedLine, (s, v) => s with { MalformedLine = v }, Reactions,
            "What a malformed line of the key map does.")
        .Choice(
            "ekm_missing_key", s => s.MissingKey, (s, v) => s with { MissingKey = v }, Reactions,
            "What a key that is not in the key map does.")
        .Add(Quantity(
            "default_max_mem_usage", s => s.MaxMemoryUsage, (s, v) => s with { MaxMemoryUsage = v },
            "Memory that a job may use, in percent of all memory or as a size."))
        .Duration(
            "call_timeout", s => s.CallTimeout, (s, v) => s with { CallTimeout = v }, ("1s", "1h"),
            "Limit of one call between targets.")
        .Add(Quantity(
            "dsorter_mem_threshold", s => s.MemoryThreshold, (s, v) => s with { MemoryThreshold = v },
            "Free memory above which shards are kept in memory."))
        .Compression(s => s.Compression, (s, v) => s with { Compression = v })
        .BundleMultiplier(s => s.BundleMultiplier, (s, v) => s with { BundleMultiplier = (int)v });

    private static ValueField<DistributedSortSection, string> Quantity(
        string name,
        Func<DistributedSortSection, string> get,
        Func<DistributedSortSection, string, DistributedSortSection> set,
        string meaning) =>
        new(name, meaning, new TextKind("size or percentage", "a size, or [1%, 100%]", CheckQuantity), get, set);

    private static string? CheckQuantity(string path, string value)
    {
        var valid = value.EndsWith('%')
            ? int.TryParse(value.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
                && percent is >= 1 and <= 100
            : ByteSize.TryParse(value, out _);
        return valid
            ? null
            : $"invalid {path}=\"{ReadContext.Shorten(value)}\" "
                + "(expecting a size such as 100GB or a percentage 1%..100%)";
    }
}
