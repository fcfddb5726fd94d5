namespace Skein.Core.Wire;

/// <summary>Paths of what a proxy tells targets of a promotion; on the control network only.</summary>
public static class PromotePaths
{
    /// <summary>What does the target see?</summary>
    public const string Look = "/v1/promotions/look";

    /// <summary>Do it.</summary>
    public const string Run = "/v1/promotions/run";
}
