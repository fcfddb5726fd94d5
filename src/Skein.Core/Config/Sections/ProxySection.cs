using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>
/// Where a node looks for its cluster (<c>proxy</c>). In the replicated configuration the three URLs are maintained by
/// the primary; in a file they are where a first start looks. Each may be a comma-separated list.
/// </summary>
public sealed record ProxySection : ConfigSection
{
    /// <summary>URL of the primary's control network. Default empty.</summary>
    public string PrimaryUrl { get; init; } = "";

    /// <summary>URL of the proxy that was the first primary, or of another node that knows. Default empty.</summary>
    public string OriginalUrl { get; init; } = "";

    /// <summary>URL of a further node that can name the primary. Default empty.</summary>
    public string DiscoveryUrl { get; init; } = "";

    /// <summary>Whether the proxies that read this may never become primary. Default false.</summary>
    public bool NonElectable { get; init; }

    internal static SectionSchema<ProxySection> Schema { get; } = new SectionSchema<ProxySection>()
        .Urls(
            "primary_url", s => s.PrimaryUrl, (s, v) => s with { PrimaryUrl = v },
            "URL of the primary's control network; maintained by the primary.")
        .Urls(
            "original_url", s => s.OriginalUrl, (s, v) => s with { OriginalUrl = v },
            "URL of a second node that can name the primary; maintained by the primary.")
        .Urls(
            "discovery_url", s => s.DiscoveryUrl, (s, v) => s with { DiscoveryUrl = v },
            "URL of a third node that can name the primary; maintained by the primary.")
        .Boolean(
            "non_electable", s => s.NonElectable, (s, v) => s with { NonElectable = v },
            "Whether a proxy started with this file may never become primary.");
}
