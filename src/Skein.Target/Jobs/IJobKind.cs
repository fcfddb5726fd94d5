using Skein.Core.Buckets;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Target.Jobs;

/// <summary>
/// Work that <c>start</c> can begin on a target. To add a kind of job: implement this, and give it to the
/// <see cref="JobKindRegistry"/> of the target.
/// </summary>
public interface IJobKind
{
    /// <summary>The kind, from <see cref="JobKinds"/>.</summary>
    JobKind Kind { get; }

    /// <summary>Checks what is asked for and makes the work; nothing is done yet.</summary>
    /// <param name="arguments">What the client asked for.</param>
    /// <param name="bucket">The bucket; null when none was named, which only a kind that needs none sees.</param>
    /// <returns>
    /// The body of the job: it does bounded pieces of work, reports each, and returns soon after the token is cancelled.
    /// </returns>
    /// <exception cref="Core.Errors.StoreException">When it cannot be done.</exception>
    Func<JobProgress, CancellationToken, Task> Create(JobMessage arguments, BucketName? bucket);
}
