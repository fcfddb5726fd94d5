using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Proxy.Forwarding;

namespace Skein.Proxy.Buckets;

/// <summary>
/// While this node leads: ends renames of buckets. The old bucket goes only after every target that takes part has moved its
/// share without an error; else both stay. What is under way stands in the control document, so that a new primary goes on.
/// </summary>
public sealed class RenameKeeper : IAsyncDisposable
{
    /// <summary>Pause between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long no target may know of the job of a rename before it counts as not begun.</summary>
    public static readonly TimeSpan StartGrace = TimeSpan.FromSeconds(60);

    private readonly IControlPlane _control;
    private readonly IMetadataSource _metadata;
    private readonly IClusterJobs _jobs;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, long> _unknownSince = new(StringComparer.Ordinal);
    private readonly Task _worker;

    /// <summary>Starts to look.</summary>
    public RenameKeeper(
        IControlPlane control, IMetadataSource metadata, IClusterJobs jobs, TimeProvider time, ILogger logger)
    {
        _control = control;
        _metadata = metadata;
        _jobs = jobs;
        _time = time;
        _logger = logger;
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Stops looking.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, _time, _stop.Token).ConfigureAwait(false);
                var document = _metadata.Current;
                if (!_control.IsPrimary)
                {
                    _unknownSince.Clear();
                    continue;
                }
                foreach (var (name, props) in document.Document.Buckets.Buckets.Where(pair => pair.Value.IsRenamedAway))
                {
                    await LookAsync(document, name, props.Renamed).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task LookAsync(SealedDocument document, BucketName bucket, string job)
    {
        try
        {
            var call = new CallContext { Metadata = document, Network = NetworkKind.Control };
            var reading = await _jobs.ReadKnownAsync(call, new JobMessage { Id = job }, _stop.Token).ConfigureAwait(false);
            if (Decide(job, [.. reading.Snaps.Values.SelectMany(list => list)], reading.Problems.Count != 0) is { } outcome)
            {
                await _control
                    .ProposeAsync(new EndRename(bucket, job, outcome), "keeper of renames", $"job {job}", _stop.Token)
                    .ConfigureAwait(false);
            }
        }
        catch (StoreException e)
        {
            ForwardLog.RenameNotEnded(_logger, bucket.ToString(), e.Message); // looked at again
        }
    }

    /// <summary>Null while it is not known how it ends.</summary>
    private RenameOutcome? Decide(string job, IReadOnlyList<JobSnap> snaps, bool someAreSilent)
    {
        if (snaps.Count == 0)
        {
            _unknownSince.TryAdd(job, _time.GetTimestamp());
            return !someAreSilent && _time.GetElapsedTime(_unknownSince[job]) >= StartGrace ? RenameOutcome.NotBegun : null;
        }
        _unknownSince.Remove(job);
        // Idle, or ended: nobody is before everybody's share is done. An error may be on one that is silent.
        return someAreSilent || snaps.Any(snap => snap is { IsRunning: true, IsIdle: false }) ? null
            : snaps.Any(snap => snap.IsAborted || snap.Error.Length != 0) ? RenameOutcome.Kept
            : RenameOutcome.Done;
    }
}
