using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Copying and transforming buckets (<c>tcb</c>).</summary>
public sealed record CopyBucketSection : ConfigSection
{
    /// <summary>Whether what is sent is compressed; <c>always</c> or <c>never</c>, default <c>never</c>.</summary>
    public string Compression { get; init; } = "never";

    /// <summary>Connections to each destination, 0 to 16, default 2; 0 means one.</summary>
    public int BundleMultiplier { get; init; } = 2;

    internal static SectionSchema<CopyBucketSection> Schema { get; } = new SectionSchema<CopyBucketSection>()
        .Compression(s => s.Compression, (s, v) => s with { Compression = v })
        .BundleMultiplier(s => s.BundleMultiplier, (s, v) => s with { BundleMultiplier = (int)v })
        .Accept("burst_buffer");
}
