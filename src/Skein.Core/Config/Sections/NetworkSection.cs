using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Networks (<c>net</c>).</summary>
public sealed record NetworkSection : ConfigSection
{
    /// <summary>Transport layer.</summary>
    public LayerFourSection LayerFour { get; init; } = new();

    /// <summary>HTTP.</summary>
    public HttpSection Http { get; init; } = new();

    internal static SectionSchema<NetworkSection> Schema { get; } = new SectionSchema<NetworkSection>()
        .Section(
            "l4", LayerFourSection.Schema, s => s.LayerFour, (s, v) => s with { LayerFour = v }, "Transport layer.")
        .Section("http", HttpSection.Schema, s => s.Http, (s, v) => s with { Http = v }, "HTTP.")
        .Accept("use_ipv6");
}
