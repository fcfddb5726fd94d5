namespace Skein.Core.Jobs;

/// <summary>A kind of long operation (AIStore's xaction), and the rules that hold for it.</summary>
/// <param name="Name">Its name on the wire and in what is shown of a job, for example <c>copy-bck</c>.</param>
/// <param name="DisplayName">Its name for people; may be the same.</param>
public sealed record JobKind(string Name, string DisplayName)
{
    /// <summary>What happens when one begins while another runs.</summary>
    public JobRenewal Renewal { get; init; } = JobRenewal.SideBySide;

    /// <summary>True when a job of this kind works on a bucket, which has to be named.</summary>
    public bool NeedsBucket { get; init; }

    /// <summary>
    /// True when it ends on no target before every target that takes part has done its share: where one has ended, all have.
    /// </summary>
    public bool EndsTogether { get; init; }

    /// <summary>True when it begins by a call of its own and not by <c>start</c>.</summary>
    public bool HasOwnCall { get; init; }
}
