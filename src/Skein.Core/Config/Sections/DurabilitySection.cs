using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>When a write is acknowledged.</summary>
public enum DurabilityAck
{
    /// <summary>
    /// When the bytes are with the operating system: survives a crash of the node, not a loss of power.
    /// </summary>
    PageCache,

    /// <summary>When the bytes are on the disk.</summary>
    Disk,

    /// <summary>When all copies or slices are on disk.</summary>
    Redundant,
}

/// <summary>
/// Skein's own section about durability: of a bucket (<c>durability</c>), and its default (<c>skein.durability</c>).
/// </summary>
public sealed record DurabilitySection : ConfigSection
{
    /// <summary>When a write is acknowledged. Default disk.</summary>
    public DurabilityAck Ack { get; init; } = DurabilityAck.Disk;

    internal static SectionSchema<DurabilitySection> Schema { get; } = new SectionSchema<DurabilitySection>()
        .Add(new ValueField<DurabilitySection, DurabilityAck>(
            "ack",
            "When a write is acknowledged: bytes in the page cache, on the disk, or on the disks of all copies.",
            new WordKind<DurabilityAck>(
                ("page-cache", DurabilityAck.PageCache),
                ("disk", DurabilityAck.Disk),
                ("redundant", DurabilityAck.Redundant)),
            s => s.Ack,
            (s, v) => s with { Ack = v }));
}
