namespace Skein.Core.Jobs;

/// <summary>What happens on a target when a job begins while one of its kind runs.</summary>
public enum JobRenewal
{
    /// <summary>Both run.</summary>
    SideBySide,

    /// <summary>The older one is aborted; the newer one does its work when the older has ended.</summary>
    AbortOlder,

    /// <summary>The older one goes on and stands for both.</summary>
    JoinOlder,
}
