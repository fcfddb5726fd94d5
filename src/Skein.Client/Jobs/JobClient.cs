using System.Net;
using System.Text;
using System.Text.Json;
using Skein.Client.Transport;
using Skein.Core.Wire;

namespace Skein.Client.Jobs;

/// <summary>Long operations of the cluster: rebalance, resilver, copies, …. Thread-safe.</summary>
public sealed class JobClient
{
    private readonly RequestSender _sender;
    private readonly TimeProvider _time;

    internal JobClient(RequestSender sender, TimeProvider time)
    {
        _sender = sender;
        _time = time;
    }

    /// <summary>Starts a job. Not repeated when an answer is lost: look before you try again.</summary>
    /// <param name="what">Its kind; where the kind needs them the bucket and the node.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The id of the job.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> StartAsync(JobMessage what, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(
            Change(Actions.StartJob, what) with { IsIdempotent = false }, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }

    /// <summary>Stops the jobs with that id or of that kind. One that does not exist is no error.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task StopAsync(JobMessage which, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Change(Actions.StopJob, which), cancellation);
    }

    /// <summary>How the jobs stand on every target, by its id.</summary>
    /// <exception cref="SkeinException">
    /// When the cluster refuses or cannot be reached; <see cref="SkeinException.IsNotFound"/> for an id that is not known.
    /// </exception>
    public async Task<SortedDictionary<string, IReadOnlyList<JobSnap>>> GetSnapsAsync(
        JobMessage query, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Ask("qryxstats", query), cancellation);
        return await reply.ReadJsonAsync(
            WireJsonContext.Default.SortedDictionaryStringIReadOnlyListJobSnap, cancellation);
    }

    /// <summary>How one job stands on all targets together: the one with the id, or the last of the kind.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<JobStatus?> FindStatusAsync(JobMessage which, CancellationToken cancellation = default)
    {
        try
        {
            using var reply = await _sender.SendAsync(Ask("status", which), cancellation);
            return await reply.ReadJsonAsync(WireJsonContext.Default.JobStatus, cancellation);
        }
        catch (SkeinException e) when (e.IsNotFound && e.TypeCode.Length == 0)
        {
            return null;
        }
    }

    /// <summary>How all jobs stand that a question means.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<IReadOnlyList<JobStatus>> GetStatusesAsync(
        JobMessage query, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Ask("status_all", query), cancellation);
        var bytes = await reply.ReadAllAsync(cancellation);
        try
        {
            // AIStore says null for "none".
            return JsonSerializer.Deserialize(bytes, WireJsonContext.Default.ListJobStatus) ?? [];
        }
        catch (JsonException e)
        {
            throw new SkeinException("the answer is not the JSON expected: " + e.Message, e) { Request = reply.Request };
        }
    }

    /// <summary>
    /// Waits until a job has ended on every target. That the cluster cannot say how it stands is borne for a while: a
    /// target or the primary may just be coming back.
    /// </summary>
    /// <param name="which">Its id, or its kind for the last one.</param>
    /// <param name="options">How long, and how often is asked.</param>
    /// <param name="progress">Told every time how the job stands; null for nobody.</param>
    /// <param name="cancellation">Ends the wait; the job goes on.</param>
    /// <returns>How it has ended; null when there is no such job.</returns>
    /// <exception cref="SkeinException">When the cluster refuses, or cannot be reached for too long.</exception>
    /// <exception cref="TimeoutException">When the time is over and the job is not.</exception>
    public async Task<JobStatus?> WaitAsync(
        JobMessage which, JobWaitOptions options, IProgress<JobReport>? progress, CancellationToken cancellation = default)
    {
        var started = _time.GetTimestamp();
        var heard = started;
        var isKnown = false;
        while (true)
        {
            try
            {
                var status = await FindStatusAsync(which, cancellation);
                if (status is { EndTime: not 0 } || (status is null && !isKnown))
                {
                    return status;
                }
                if (status is null)
                {
                    throw new SkeinException($"{Shown(which)} is not known any more") { Status = HttpStatusCode.NotFound };
                }
                isKnown = true;
                // Of a kind the last is meant; when another begins meanwhile it is not waited for.
                which = new JobMessage { Id = status.Id, Kind = status.Kind };
                if (progress is not null)
                {
                    progress.Report(new JobReport(
                        status, await GetSnapsAsync(which, cancellation), _time.GetElapsedTime(started)));
                }
                heard = _time.GetTimestamp();
            }
            catch (SkeinException e) when (IsPassing(e) && _time.GetElapsedTime(heard) < options.ErrorPatience)
            {
                // Asked again below.
            }
            if (options.Timeout is { } limit && _time.GetElapsedTime(started) >= limit)
            {
                throw new TimeoutException($"{Shown(which)} has not ended within {limit.TotalSeconds:0.#} s");
            }
            await Task.Delay(options.Interval, _time, cancellation);
        }
    }

    private static bool IsPassing(SkeinException error) => error.Status
        is null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.NotFound;

    private static string Shown(JobMessage which) =>
        which.AskedId.Length == 0 ? which.AskedKind : $"{which.AskedKind}[{which.AskedId}]";

    private static RequestSpec Ask(string what, JobMessage query) => new(HttpMethod.Get, "/v1/cluster")
    {
        Query = "what=" + what,
        Json = JsonSerializer.SerializeToUtf8Bytes(query, WireJsonContext.Output.JobMessage),
    };

    private static RequestSpec Change(string action, JobMessage value) => new(HttpMethod.Put, "/v1/cluster")
    {
        Json = JsonSerializer.SerializeToUtf8Bytes(
            new ActionMessage
            {
                Action = action,
                Value = JsonSerializer.SerializeToElement(value, WireJsonContext.Output.JobMessage),
            },
            WireJsonContext.Output.ActionMessage),
    };
}

/// <summary>How a wait for a job is done.</summary>
public sealed record JobWaitOptions
{
    /// <summary>Longest wait; null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Time between two questions.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the cluster may be unable to say how the job stands.</summary>
    public TimeSpan ErrorPatience { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>How a job stands that is waited for.</summary>
/// <param name="Status">On all targets together.</param>
/// <param name="Snaps">On each target, by its id.</param>
/// <param name="Waited">How long it has been waited for.</param>
public sealed record JobReport(
    JobStatus Status, IReadOnlyDictionary<string, IReadOnlyList<JobSnap>> Snaps, TimeSpan Waited);
