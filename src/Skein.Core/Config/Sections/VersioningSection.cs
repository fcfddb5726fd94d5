using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>Versions of objects (<c>versioning</c>).</summary>
public sealed record VersioningSection : ConfigSection
{
    /// <summary>Whether objects carry a version number. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Whether a read compares the version with that in the remote backend; needs enabled. Default false.
    /// </summary>
    public bool ValidateWarmGet { get; init; }

    /// <summary>Whether such a read also removes what the remote backend no longer has. Default false.</summary>
    public bool Synchronize { get; init; }

    internal static SectionSchema<VersioningSection> Schema { get; } = new SectionSchema<VersioningSection>()
        .Boolean(
            "enabled", s => s.Enabled, (s, v) => s with { Enabled = v },
            "Whether objects carry a version number.")
        .Boolean(
            "validate_warm_get", s => s.ValidateWarmGet, (s, v) => s with { ValidateWarmGet = v },
            "Whether a read compares the version with that in the remote backend; needs enabled.")
        .Boolean(
            "synchronize", s => s.Synchronize, (s, v) => s with { Synchronize = v },
            "Whether such a read also removes what the remote backend no longer has.")
        .Rule(s => s.ValidateWarmGet && !s.Enabled
            ? "versioning.validate_warm_get requires versioning to be enabled"
            : null);
}
