using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Copies of each object on several mountpaths of one target (<c>mirror</c>).</summary>
public sealed record MirrorSection : ConfigSection
{
    /// <summary>Number of copies, the object itself included. Range 2 to 32. Default 2.</summary>
    public int Copies { get; init; } = 2;

    /// <summary>Length of the queue of the mirroring job, in objects. Range 0 to 2147483647. Default 128.</summary>
    public int BurstBuffer { get; init; } = 128;

    /// <summary>Whether objects are mirrored. Default false.</summary>
    public bool Enabled { get; init; }

    internal static SectionSchema<MirrorSection> Schema { get; } = new SectionSchema<MirrorSection>()
        .Integer(
            "copies", s => s.Copies, (s, v) => s with { Copies = (int)v }, (2, 32),
            "Number of copies, the object itself included.")
        .Integer(
            "burst_buffer", s => s.BurstBuffer, (s, v) => s with { BurstBuffer = (int)v }, (0, int.MaxValue),
            "Length of the queue of the mirroring job, in objects.")
        .Boolean("enabled", s => s.Enabled, (s, v) => s with { Enabled = v }, "Whether objects are mirrored.");
}
