using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Target.Jobs;

/// <summary>
/// One job of a <see cref="JobTable"/>, from its beginning to its end. Whoever began it by
/// <see cref="JobTable.Begin"/> ends it by <see cref="End"/>.
/// </summary>
#pragma warning disable CA1001 // the source has no timer and no wait handle: there is nothing to release
public sealed class RunningJob
#pragma warning restore CA1001
{
    private readonly JobTable _table;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTime _started;
    private volatile string? _abortReason;
    private volatile bool _suspended;
    private int _ending;
    private JobSnap? _last;

    internal RunningJob(JobTable table, JobDescription description, DateTime started, Task predecessor)
    {
        _table = table;
        _started = started;
        Description = description;
        Predecessor = predecessor;
        Aborted = _stop.Token;
    }

    /// <summary>What it is.</summary>
    public JobDescription Description { get; }

    /// <summary>Id.</summary>
    public string Id => Description.Id;

    /// <summary>What it has done; the job reports here.</summary>
    public JobProgress Progress { get; } = new();

    /// <summary>True when it stops with the target, to go on when that is back.</summary>
    public bool IsSuspended => _suspended;

    /// <summary>Cancelled when the job is aborted or suspended.</summary>
    public CancellationToken Aborted { get; }

    /// <summary>Why it was aborted; null when it was not.</summary>
    public string? AbortReason => _abortReason;

    /// <summary>Ends when the older job of the kind has ended that this one has aborted. Await it before the work.</summary>
    public Task Predecessor { get; }

    /// <summary>Ends when the job has ended and is remembered. Never fails.</summary>
    public Task Completion => _ended.Task;

    /// <summary>
    /// Asks the job to stop. It has ended when its body has returned. Does nothing to a job that was aborted before or has
    /// ended.
    /// </summary>
    /// <returns>True when this call was the one that aborted it.</returns>
    public bool Abort(string reason)
    {
        if (Interlocked.CompareExchange(ref _abortReason, reason, null) is not null || Completion.IsCompleted)
        {
            return false;
        }
        JobLog.Aborted(_table.Logger, Description.Shown, reason);
        _stop.Cancel();
        return true;
    }

    /// <summary>The target stops: the work ends, and the job goes on when the target is back.</summary>
    internal void Suspend()
    {
        _suspended = true;
        _stop.Cancel();
    }

    /// <summary>
    /// The job has ended: as aborted when it was aborted, else as finished or failed. When it returns that is on disk.
    /// </summary>
    /// <param name="error">What ended it; null when it came to its end.</param>
    public void End(Exception? error = null)
    {
        if (Interlocked.Exchange(ref _ending, 1) != 0)
        {
            return;
        }
        if (_suspended && _abortReason is null && error is not null)
        {
            _table.NoteSuspended(this);
            _ended.SetResult();
            return;
        }
        if (error is not null && !(error is OperationCanceledException && _stop.IsCancellationRequested))
        {
            Progress.AddError("", error.Message);
        }
        _table.End(this);
        _ended.SetResult();
    }

    /// <summary>How the job stands.</summary>
    public JobSnap Snapshot() => _last ?? Read(JobSnap.NoTime);

    internal void Close(DateTime ended) => _last = Read(ended);

    private JobSnap Read(DateTime ended)
    {
        var errors = Progress.ReadErrors();
        var reason = _abortReason;
        return new JobSnap
        {
            Extra = Progress.Details is { } details ? details()
                : errors.Count == 0 ? null
                : JsonSerializer.SerializeToElement(errors, WireJsonContext.Output.JobErrors),
            StartTime = _started,
            EndTime = ended,
            Bucket = Wire(Description.Bucket),
            Source = Wire(Description.Source),
            Destination = Wire(Description.Destination),
            Id = Id,
            Kind = Description.Kind.Name,
            AbortReason = reason ?? "",
            Error = ErrorText(errors),
            RebalanceNumber = Description.Kind == JobKinds.Rebalance ? JobId.RebalanceNumber(Id) ?? 0 : 0,
            Stats = Progress.Stats,
            IsAborted = reason is not null,
            IsIdle = ended != JobSnap.NoTime || Progress.IsIdle,
        };
    }

    /// <summary>The first error with its object, and how many more there were.</summary>
    private static string ErrorText(JobErrors errors)
    {
        if (errors.First.Count == 0)
        {
            return "";
        }
        var first = errors.First[0];
        var text = first.Object.Length == 0 ? first.Message : $"{first.Object}: {first.Message}";
        return errors.Count switch
        {
            1 => text,
            2 => $"{text} (and one more error)",
            _ => $"{text} (and {errors.Count - 1} more errors)",
        };
    }

    private static WireBucket Wire(BucketName? name) => name is null ? new WireBucket() : WireBucket.From(name);
}
