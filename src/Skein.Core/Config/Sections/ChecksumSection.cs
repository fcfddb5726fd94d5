using Skein.Core.Config.Schema;
using Skein.Core.Objects;

namespace Skein.Core.Config.Sections;

/// <summary>Checksums of objects (<c>checksum</c>).</summary>
public sealed record ChecksumSection : ConfigSection
{
    /// <summary>
    /// Type of the checksum kept with each object; one of <see cref="ChecksumTypes.All"/>. Default xxhash.
    /// </summary>
    public string Type { get; init; } = ChecksumTypes.XxHash;

    /// <summary>Whether an object fetched from a remote backend is verified. Default false.</summary>
    public bool ValidateColdGet { get; init; }

    /// <summary>Whether every read verifies the object. Default false.</summary>
    public bool ValidateWarmGet { get; init; }

    /// <summary>Whether objects that move between nodes or mountpaths are verified. Default false.</summary>
    public bool ValidateObjectMove { get; init; }

    /// <summary>Whether a ranged read answers with the checksum of the range. Default false.</summary>
    public bool EnableReadRange { get; init; }

    internal static SectionSchema<ChecksumSection> Schema { get; } = new SectionSchema<ChecksumSection>()
        .Add(new ValueField<ChecksumSection, string>(
            "type",
            "Type of the checksum that is kept with each object.",
            new ChoiceKind(
                ChecksumTypes.All, message: (word, words) => $"invalid checksum type \"{word}\" (expecting {words})"),
            s => s.Type,
            (s, v) => s with { Type = v }))
        .Boolean(
            "validate_cold_get", s => s.ValidateColdGet, (s, v) => s with { ValidateColdGet = v },
            "Whether an object fetched from a remote backend is verified.")
        .Boolean(
            "validate_warm_get", s => s.ValidateWarmGet, (s, v) => s with { ValidateWarmGet = v },
            "Whether every read verifies the object.")
        .Boolean(
            "validate_obj_move", s => s.ValidateObjectMove, (s, v) => s with { ValidateObjectMove = v },
            "Whether objects that move between nodes or mountpaths are verified.")
        .Boolean(
            "enable_read_range", s => s.EnableReadRange, (s, v) => s with { EnableReadRange = v },
            "Whether a ranged read answers with the checksum of the range instead of that of the object.");
}
