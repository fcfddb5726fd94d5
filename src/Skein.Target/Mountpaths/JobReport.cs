using Skein.Storage.Moves;
using Skein.Target.Jobs;

namespace Skein.Target.Mountpaths;

/// <summary>Shows work on the disks as the progress of a job.</summary>
/// <param name="progress">The job's.</param>
internal sealed class JobReport(JobProgress progress) : IMoveReport
{
    /// <inheritdoc/>
    public void Done(long objects, long bytes) => progress.AddLocal(objects, bytes);

    /// <inheritdoc/>
    public void Failed(string name, string problem) => progress.AddError(name, problem);
}
