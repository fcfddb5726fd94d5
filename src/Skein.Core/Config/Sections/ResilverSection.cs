using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Moving objects between the mountpaths of one target (<c>resilver</c>).</summary>
public sealed record ResilverSection : ConfigSection
{
    /// <summary>Whether a change of the mountpaths starts a resilver by itself. Default true.</summary>
    public bool Enabled { get; init; } = true;

    internal static SectionSchema<ResilverSection> Schema { get; } = new SectionSchema<ResilverSection>()
        .Boolean(
            "enabled", s => s.Enabled, (s, v) => s with { Enabled = v },
            "Whether a change of the mountpaths starts a resilver by itself.");
}
