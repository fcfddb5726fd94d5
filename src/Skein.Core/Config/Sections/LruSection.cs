using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Eviction of objects that were not used for long (<c>lru</c>).</summary>
public sealed record LruSection : ConfigSection
{
    /// <summary>How long after its last use an object is not evicted. Range 0 to 87600h. Default 2h.</summary>
    public TimeSpan DontEvictTime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Interval at which used capacity is measured. Range 10s to 24h. Default 10m.</summary>
    public TimeSpan CapacityUpdateTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether objects are evicted. Default true.</summary>
    public bool Enabled { get; init; } = true;

    internal static SectionSchema<LruSection> Schema { get; } = new SectionSchema<LruSection>()
        .Duration(
            "dont_evict_time", s => s.DontEvictTime, (s, v) => s with { DontEvictTime = v }, ("0", "87600h"),
            "How long after its last use an object is not evicted.")
        .Duration(
            "capacity_upd_time", s => s.CapacityUpdateTime, (s, v) => s with { CapacityUpdateTime = v }, ("10s", "24h"),
            "Interval at which used capacity is measured.")
        .Boolean("enabled", s => s.Enabled, (s, v) => s with { Enabled = v }, "Whether objects are evicted.")
        .Accept("batch_size");
}
