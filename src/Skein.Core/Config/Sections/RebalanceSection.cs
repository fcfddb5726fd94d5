using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Moving objects to the targets that own them (<c>rebalance</c>).</summary>
public sealed record RebalanceSection : ConfigSection
{
    /// <summary>Whether what is sent is compressed; <c>always</c> or <c>never</c>, default <c>never</c>.</summary>
    public string Compression { get; init; } = "never";

    /// <summary>How long to wait for a destination that does not answer. Range 1s to 10m. Default 2m.</summary>
    public TimeSpan DestinationRetryTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Connections to each destination, 0 to 16, default 2; 0 means one.</summary>
    public int BundleMultiplier { get; init; } = 2;

    /// <summary>Whether a change of the targets starts a rebalance by itself. Default true.</summary>
    public bool Enabled { get; init; } = true;

    internal static SectionSchema<RebalanceSection> Schema { get; } = new SectionSchema<RebalanceSection>()
        .Compression(s => s.Compression, (s, v) => s with { Compression = v })
        .Duration(
            "dest_retry_time", s => s.DestinationRetryTime, (s, v) => s with { DestinationRetryTime = v },
            ("1s", "10m"),
            "How long to wait for a destination that does not answer.")
        .BundleMultiplier(s => s.BundleMultiplier, (s, v) => s with { BundleMultiplier = (int)v })
        .Boolean(
            "enabled", s => s.Enabled, (s, v) => s with { Enabled = v },
            "Whether a change of the targets starts a rebalance by itself.")
        .Accept("burst_buffer");
}
