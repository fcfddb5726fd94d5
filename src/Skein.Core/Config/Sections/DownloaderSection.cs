using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Download jobs (<c>downloader</c>).</summary>
public sealed record DownloaderSection : ConfigSection
{
    /// <summary>Limit of downloading one object. Range 1s to 1h. Default 1h.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    internal static SectionSchema<DownloaderSection> Schema { get; } = new SectionSchema<DownloaderSection>()
        .Duration(
            "timeout", s => s.Timeout, (s, v) => s with { Timeout = v }, ("1s", "1h"),
            "Limit of downloading one object.");
}
