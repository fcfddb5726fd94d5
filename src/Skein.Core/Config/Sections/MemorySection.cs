using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Memory of the node (<c>memsys</c>).</summary>
public sealed record MemorySection : ConfigSection
{
    /// <summary>
    /// Free memory below which the node saves memory; 0 or at least 100MiB. Range 0 to TiB. Default 2 GiB.
    /// </summary>
    public long MinFree { get; init; } = 2 * ByteSize.GiB;

    /// <summary>Size of an ordinary buffer; a multiple of 4KiB. Range 0 to 128 KiB. Default 32 KiB.</summary>
    public long DefaultBuffer { get; init; } = 32 * ByteSize.KiB;

    /// <summary>Amount of idle buffers above which memory is given back. Range 0 to TiB. Default 2 GiB.</summary>
    public long CollectAbove { get; init; } = 2 * ByteSize.GiB;

    /// <summary>Interval at which idle buffers are counted. Range 0 to 1h. Default 90s.</summary>
    public TimeSpan HousekeepingTime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Free memory in percent of all memory, instead of min_free where that is more. Range 0 to 95. Default 0.
    /// </summary>
    public int MinPercentTotal { get; init; }

    /// <summary>
    /// Free memory in percent of the memory free at start, instead of min_free where that is more. Range 0 to 95.
    /// Default 0.
    /// </summary>
    public int MinPercentFree { get; init; }

    internal static SectionSchema<MemorySection> Schema { get; } = new SectionSchema<MemorySection>()
        .Size(
            "min_free", s => s.MinFree, (s, v) => s with { MinFree = v }, (0, ByteSize.TiB),
            "Free memory below which the node saves memory; 0 or at least 100MiB.")
        .Size(
            "default_buf", s => s.DefaultBuffer, (s, v) => s with { DefaultBuffer = v }, (0, 128 * ByteSize.KiB),
            "Size of an ordinary buffer; a multiple of 4KiB.")
        .Size(
            "to_gc", s => s.CollectAbove, (s, v) => s with { CollectAbove = v }, (0, ByteSize.TiB),
            "Amount of idle buffers above which memory is given back.")
        .Duration(
            "hk_time", s => s.HousekeepingTime, (s, v) => s with { HousekeepingTime = v }, ("0", "1h"),
            "Interval at which idle buffers are counted.")
        .Integer(
            "min_pct_total", s => s.MinPercentTotal, (s, v) => s with { MinPercentTotal = (int)v }, (0, 95),
            "Free memory in percent of all memory, instead of min_free where that is more.")
        .Integer(
            "min_pct_free", s => s.MinPercentFree, (s, v) => s with { MinPercentFree = (int)v }, (0, 95),
            "Free memory in percent of the memory free at start, instead of min_free where that is more.")
        .Rule(s => s.MinFree is > 0 and < 100 * ByteSize.MiB
            ? $"invalid memsys.min_free={ByteSize.Format(s.MinFree)} (expected 0 or >= 100MiB)"
            : null)
        .Rule(s => s.DefaultBuffer % (4 * ByteSize.KiB) != 0
            ? $"invalid memsys.default_buf={ByteSize.Format(s.DefaultBuffer)} (must be a multiple of 4KiB)"
            : null);
}
