namespace Skein.Core.Config;

/// <summary>What every section of the configuration has.</summary>
public abstract record ConfigSection
{
    /// <summary>Keys of this section that Skein does not use; none by default.</summary>
    public ExtraKeys Extra { get; init; } = ExtraKeys.None;
}
