namespace Skein.SystemTests.Soak;

/// <summary>How long things take in a soak.</summary>
/// <param name="Limit">Longest that one step of an event may take.</param>
/// <param name="LongestAway">Longest that a node is away.</param>
/// <param name="Pause">Longest pause between two events.</param>
/// <param name="BaseObjects">Objects that are stored before and never changed.</param>
internal sealed record SoakTiming(TimeSpan Limit, TimeSpan LongestAway, TimeSpan Pause, int BaseObjects)
{
    /// <summary>For minutes.</summary>
    public static SoakTiming Default { get; } =
        new(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(4), 3000);

    /// <summary>For the continuous integration.</summary>
    public static SoakTiming Quick { get; } =
        new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1), 400);
}
