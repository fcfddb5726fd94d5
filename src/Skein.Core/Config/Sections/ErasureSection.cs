using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Erasure coding over several targets (<c>ec</c>).</summary>
public sealed record ErasureSection : ConfigSection
{
    /// <summary>Whether what is sent is compressed; <c>always</c> or <c>never</c>, default <c>never</c>.</summary>
    public string Compression { get; init; } = "never";

    /// <summary>
    /// Objects smaller than this many bytes are copied instead of sliced; 0 slices all, -1 copies all. Range -1 to
    /// 9223372036854775807. Default 262144.
    /// </summary>
    public long ObjectSizeLimit { get; init; } = 262144;

    /// <summary>Number of data slices (D). Range 1 to 32. Default 1.</summary>
    public int DataSlices { get; init; } = 1;

    /// <summary>
    /// Number of parity slices (P), or of further copies of small objects. Range 1 to 32. Default 1.
    /// </summary>
    public int ParitySlices { get; init; } = 1;

    /// <summary>Connections to each destination, 0 to 16, default 2; 0 means one.</summary>
    public int BundleMultiplier { get; init; } = 2;

    /// <summary>Whether objects are erasure coded. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether slices go through disk only, and never through memory. Default false.</summary>
    public bool DiskOnly { get; init; }

    /// <summary>
    /// Targets that one object needs: data and parity slices and the object itself, or its copies only when nothing is
    /// sliced.
    /// </summary>
    public int RequiredTargets => ObjectSizeLimit < 0 ? ParitySlices + 1 : DataSlices + ParitySlices + 1;

    internal static SectionSchema<ErasureSection> Schema { get; } = new SectionSchema<ErasureSection>()
        .Compression(s => s.Compression, (s, v) => s with { Compression = v })
        .Integer(
            "objsize_limit", s => s.ObjectSizeLimit, (s, v) => s with { ObjectSizeLimit = v }, (-1, long.MaxValue),
            "Objects smaller than this many bytes are copied instead of sliced; 0 slices all, -1 copies all.")
        .Integer(
            "data_slices", s => s.DataSlices, (s, v) => s with { DataSlices = (int)v }, (1, 32),
            "Number of data slices (D).")
        .Integer(
            "parity_slices", s => s.ParitySlices, (s, v) => s with { ParitySlices = (int)v }, (1, 32),
            "Number of parity slices (P), or of further copies of small objects.")
        .BundleMultiplier(s => s.BundleMultiplier, (s, v) => s with { BundleMultiplier = (int)v })
        .Boolean("enabled", s => s.Enabled, (s, v) => s with { Enabled = v }, "Whether objects are erasure coded.")
        .Boolean(
            "disk_only", s => s.DiskOnly, (s, v) => s with { DiskOnly = v },
            "Whether slices go through disk only, and never through memory.")
        .Accept("burst_buffer", "sbundle_mult");
}
