using Skein.Core.Errors;
using Skein.Core.Jobs;

namespace Skein.Target.Walks;

/// <summary>
/// A kind of job that goes through the objects of a bucket, each target through its share. To add one: implement this and
/// <see cref="IWalkWork"/>, and give it to <see cref="WalkJobs"/>.
/// </summary>
internal interface IWalkKind
{
    /// <summary>The kind, from <see cref="JobKinds"/>.</summary>
    JobKind Kind { get; }

    /// <summary>How long the job stays idle and listed when everything is done, before it ends; zero to end at once.</summary>
    TimeSpan IdleTime { get; }

    /// <summary>
    /// True when of a remote bucket only what is stored here is meant. Else the names come from its home, which knows all.
    /// </summary>
    bool TakesWhatIsHere => false;

    /// <summary>Checks what is asked for and makes the work; nothing is done yet.</summary>
    /// <exception cref="StoreException">When it cannot be done.</exception>
    IWalkWork Create(WalkJob job);
}

/// <summary>
/// What a job does with each object. Called from several threads. Disposed of when the job ends, if it can be.
/// </summary>
internal interface IWalkWork
{
    /// <summary>
    /// Deals with one object. It may be called again for the same name, after an error, a restart, or a change of owners:
    /// doing it twice must do no harm.
    /// </summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/>, <see cref="StoreErrorCode.Unreachable"/> or
    /// <see cref="StoreErrorCode.Busy"/> to be called again later; any other is kept as this object's error.
    /// </exception>
    Task HandleAsync(WalkItem item, CancellationToken cancellation);

    /// <summary>True when a further look at all names counts objects again, so that the counters begin anew.</summary>
    bool CountsEachLook => false;

    /// <summary>Id of the target that has to be there for the object, under the present map; empty for none.</summary>
    string NodeFor(string name);

    /// <summary>True when what was dealt with before a restart is lost, so that every look begins with the first name.</summary>
    bool StartsOver => false;

    /// <summary>Called before each look at the names.</summary>
    Task BeginAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Called once when this target's share is done, and again after each further look.</summary>
    Task FinishAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Called when everybody's share is done and the job is idle, before it ends.</summary>
    Task LeaveAsync(CancellationToken cancellation) => Task.CompletedTask;
}

/// <summary>An object that is dealt with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsRepeat">True when it may have been dealt with before by the same job.</param>
internal readonly record struct WalkItem(string Name, bool IsRepeat);
