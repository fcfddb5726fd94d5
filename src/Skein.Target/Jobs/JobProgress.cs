using System.Text.Json;
using Skein.Core.Wire;

namespace Skein.Target.Jobs;

/// <summary>What a job has done so far. Any number of threads may report.</summary>
public sealed class JobProgress
{
    private readonly Lock _lock = new();
    private readonly List<JobError> _errors = [];
    private long _errorCount;
    private long _localObjects;
    private long _localBytes;
    private long _sentObjects;
    private long _sentBytes;
    private long _receivedObjects;
    private long _receivedBytes;
    private volatile bool _idle;

    /// <summary>True while the job waits for something to do.</summary>
    public bool IsIdle
    {
        get => _idle;
        set => _idle = value;
    }

    /// <summary>What the job says of itself beside its counters, in place of its errors; null for nothing.</summary>
    public Func<JsonElement>? Details { get; set; }

    /// <summary>Number of errors reported.</summary>
    public long ErrorCount => Interlocked.Read(ref _errorCount);

    /// <summary>Counters now. Those that change together are not read together.</summary>
    public JobStats Stats => new()
    {
        LocalObjects = Interlocked.Read(ref _localObjects),
        LocalBytes = Interlocked.Read(ref _localBytes),
        SentObjects = Interlocked.Read(ref _sentObjects),
        SentBytes = Interlocked.Read(ref _sentBytes),
        ReceivedObjects = Interlocked.Read(ref _receivedObjects),
        ReceivedBytes = Interlocked.Read(ref _receivedBytes),
    };

    /// <summary>Objects were dealt with on this target.</summary>
    public void AddLocal(long objects, long bytes)
    {
        Interlocked.Add(ref _localObjects, objects);
        Interlocked.Add(ref _localBytes, bytes);
    }

    /// <summary>Objects were sent to other targets.</summary>
    public void AddSent(long objects, long bytes)
    {
        Interlocked.Add(ref _sentObjects, objects);
        Interlocked.Add(ref _sentBytes, bytes);
    }

    /// <summary>Objects were received from other targets.</summary>
    public void AddReceived(long objects, long bytes)
    {
        Interlocked.Add(ref _receivedObjects, objects);
        Interlocked.Add(ref _receivedBytes, bytes);
    }

    /// <summary>
    /// Something could not be done, and the job goes on. The first <see cref="JobLimits.KeptErrors"/> are kept, all are
    /// counted.
    /// </summary>
    /// <param name="objectName">The object, as in <c>ais://b/o</c>; empty when it is of no single object.</param>
    /// <param name="message">What went wrong.</param>
    public void AddError(string objectName, string message)
    {
        Interlocked.Increment(ref _errorCount);
        lock (_lock)
        {
            if (_errors.Count < JobLimits.KeptErrors)
            {
                _errors.Add(new JobError { Object = Cut(objectName), Message = Cut(message) });
            }
        }
    }

    /// <summary>The errors so far.</summary>
    public JobErrors ReadErrors()
    {
        lock (_lock)
        {
            return new JobErrors { Count = ErrorCount, First = [.. _errors] };
        }
    }

    /// <summary>Forgets what was counted: the job begins anew.</summary>
    public void Clear()
    {
        Interlocked.Exchange(ref _localObjects, 0);
        Interlocked.Exchange(ref _localBytes, 0);
        Interlocked.Exchange(ref _sentObjects, 0);
        Interlocked.Exchange(ref _sentBytes, 0);
        Interlocked.Exchange(ref _receivedObjects, 0);
        Interlocked.Exchange(ref _receivedBytes, 0);
        lock (_lock)
        {
            Interlocked.Exchange(ref _errorCount, 0);
            _errors.Clear();
        }
    }

    /// <summary>Takes over what a job had done before its target was restarted.</summary>
    public void Restore(JobStats stats, JobErrors errors)
    {
        AddLocal(stats.LocalObjects, stats.LocalBytes);
        AddSent(stats.SentObjects, stats.SentBytes);
        AddReceived(stats.ReceivedObjects, stats.ReceivedBytes);
        lock (_lock)
        {
            Interlocked.Add(ref _errorCount, errors.Count);
            _errors.AddRange(errors.First.Take(JobLimits.KeptErrors));
        }
    }

    private static string Cut(string text) =>
        text.Length > JobLimits.ErrorText ? string.Concat(text.AsSpan(0, JobLimits.ErrorText), "...") : text;
}
