using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>
/// AIStore's keepalive keys (<c>keepalivetracker</c>): accepted, checked and shown. Skein's own timing is in
/// <see cref="SkeinSection"/>.
/// </summary>
public sealed record KeepaliveSection : ConfigSection
{
    /// <summary>How proxies are watched.</summary>
    public KeepaliveTrackerSection Proxy { get; init; } = new();

    /// <summary>How targets are watched.</summary>
    public KeepaliveTrackerSection Target { get; init; } = new();

    /// <summary>Retries in multiples of timeout.cplane_operation. Range 1 to 10. Default 4.</summary>
    public int RetryFactor { get; init; } = 4;

    internal static SectionSchema<KeepaliveSection> Schema { get; } = new SectionSchema<KeepaliveSection>()
        .Section(
            "proxy", KeepaliveTrackerSection.Schema, s => s.Proxy, (s, v) => s with { Proxy = v },
            "How proxies are watched.")
        .Section(
            "target", KeepaliveTrackerSection.Schema, s => s.Target, (s, v) => s with { Target = v },
            "How targets are watched.")
        .Integer(
            "retry_factor", s => s.RetryFactor, (s, v) => s with { RetryFactor = (int)v }, (1, 10),
            "Length of retries in multiples of timeout.cplane_operation.")
        .Accept("num_retries");
}
