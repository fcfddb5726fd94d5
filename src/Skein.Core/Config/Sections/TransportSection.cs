using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Streams of objects between targets (<c>transport</c>).</summary>
public sealed record TransportSection : ConfigSection
{
    /// <summary>Largest header of one message in bytes; 0 means 4096. Range 0 to 1048576. Default 4096.</summary>
    public int MaxHeader { get; init; } = 4096;

    /// <summary>Messages queued on one stream before the sender waits. Range 0 to 2147483647. Default 512.</summary>
    public int BurstBuffer { get; init; } = 512;

    /// <summary>How long an idle stream stays connected. Range 1s to 1h. Default 4s.</summary>
    public TimeSpan IdleTeardown { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Silence after which a stage of a job counts as finished. Range 8s to 1h. Default 10s.</summary>
    public TimeSpan Quiescent { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Largest uncompressed LZ4 block: 64KiB, 256KiB, 1MiB or 4MiB. Range 64 KiB to 4 MiB. Default 256 KiB.
    /// </summary>
    public long Lz4Block { get; init; } = 256 * ByteSize.KiB;

    /// <summary>Whether LZ4 frames carry checksums. Default false.</summary>
    public bool Lz4FrameChecksum { get; init; }

    internal static SectionSchema<TransportSection> Schema { get; } = new SectionSchema<TransportSection>()
        .Integer(
            "max_header", s => s.MaxHeader, (s, v) => s with { MaxHeader = (int)v }, (0, 1048576),
            "Largest header of one message in bytes; 0 means 4096.")
        .Integer(
            "burst_buffer", s => s.BurstBuffer, (s, v) => s with { BurstBuffer = (int)v }, (0, int.MaxValue),
            "Messages queued on one stream before the sender waits.")
        .Duration(
            "idle_teardown", s => s.IdleTeardown, (s, v) => s with { IdleTeardown = v }, ("1s", "1h"),
            "How long an idle stream stays connected.")
        .Duration(
            "quiescent", s => s.Quiescent, (s, v) => s with { Quiescent = v }, ("8s", "1h"),
            "Silence after which a stage of a job counts as finished.")
        .Size(
            "lz4_block", s => s.Lz4Block, (s, v) => s with { Lz4Block = v }, (64 * ByteSize.KiB, 4 * ByteSize.MiB),
            "Largest uncompressed LZ4 block: 64KiB, 256KiB, 1MiB or 4MiB.")
        .Boolean(
            "lz4_frame_checksum", s => s.Lz4FrameChecksum, (s, v) => s with { Lz4FrameChecksum = v },
            "Whether LZ4 frames carry checksums.")
        .Rule(s => s.Lz4Block is 64 * ByteSize.KiB or 256 * ByteSize.KiB or ByteSize.MiB or 4 * ByteSize.MiB
            ? null
            : $"invalid transport.lz4_block={ByteSize.Format(s.Lz4Block)} (expected one of: [64KiB 256KiB 1MiB 4MiB])")
        .Rule(s => s.MaxHeader is > 0 and < 512
            ? $"invalid transport.max_header: {s.MaxHeader} (expected 0 or >= 512)"
            : null);
}
