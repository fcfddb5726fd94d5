using Skein.Core.Buckets;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Target.Jobs;

namespace Skein.UnitTests.Gateway;

/// <summary>A job that counts one object and then runs until it is stopped.</summary>
internal sealed class WaitingJob(JobKind kind) : IJobKind
{
    public JobKind Kind => kind;

    public Func<JobProgress, CancellationToken, Task> Create(JobMessage arguments, BucketName? bucket) =>
        (progress, stop) =>
        {
            progress.AddLocal(1, 10);
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        };
}

/// <summary>Notes what is asked of the primary.</summary>
internal sealed class FakeRebalance : IRebalanceCommands
{
    public List<string> Calls { get; } = [];

    public Task<string> StartAsync(string who, CancellationToken cancellation)
    {
        Calls.Add("start");
        return Task.FromResult("g7");
    }

    public Task StopAsync(string who, CancellationToken cancellation)
    {
        Calls.Add("stop");
        return Task.CompletedTask;
    }
}
