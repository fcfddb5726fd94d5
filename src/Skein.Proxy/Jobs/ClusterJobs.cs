using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Jobs;

/// <summary>Asks the targets about jobs, and starts and stops jobs on them.</summary>
/// <param name="peers">Calls the targets.</param>
/// <param name="time">Clock for the limit of time.</param>
public sealed class ClusterJobs(PeerClient peers, TimeProvider time) : IClusterJobs
{
    private const string Path = "/v1/xactions";

    /// <inheritdoc/>
    public async Task<SortedDictionary<string, IReadOnlyList<JobSnap>>> ReadAsync(
        CallContext call, JobMessage query, CancellationToken cancellation)
    {
        var reading = await ReadKnownAsync(call, query, cancellation).ConfigureAwait(false);
        Demand(reading.Problems, "tell how the jobs stand");
        return reading.Snaps;
    }

    /// <inheritdoc/>
    public async Task<JobReading> ReadKnownAsync(CallContext call, JobMessage query, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(query, WireJsonContext.Output.JobMessage);
        var answers = await AskAllAsync(
            call,
            Asked(call.Metadata.Document.Map, query.AskedNode),
            new Question(HttpMethod.Get, Path + "?what=qryxstats", body),
            cancellation).ConfigureAwait(false);
        var snaps = new SortedDictionary<string, IReadOnlyList<JobSnap>>(StringComparer.Ordinal);
        foreach (var answer in answers.Where(answer => answer.Problem is null))
        {
            snaps[answer.Target.Id] = Read(answer);
        }
        return new JobReading(snaps, Problems(answers));
    }

    /// <inheritdoc/>
    public async Task<string> StartAsync(CallContext call, JobMessage arguments, CancellationToken cancellation)
    {
        var map = call.Metadata.Document.Map;
        var targets = arguments.AskedNode.Length == 0 ? [.. map.ActiveTargets] : Asked(map, arguments.AskedNode);
        if (targets.Count == 0)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"cannot start {arguments.Kind}: there is no active target in the cluster");
        }
        var question = Change(Actions.StartJob, arguments with { Node = null });
        var answers = await AskAllAsync(call, targets, question, cancellation).ConfigureAwait(false);
        var refused = answers.Find(answer => answer.Problem is not null);
        if (refused is null)
        {
            var ids = answers.ConvertAll(answer => Encoding.UTF8.GetString(answer.Body).Trim());
            return ids.Contains(arguments.AskedId) ? arguments.AskedId : ids[0];
        }
        // It runs on all or on none: where no answer came it may have begun, too.
        var undo = Change(Actions.StopJob, new JobMessage { Id = arguments.Id, Kind = arguments.Kind });
        await AskAllAsync(call, targets, undo, cancellation).ConfigureAwait(false);
        var problems = answers.Where(answer => answer.Problem is not null).Select(answer => answer.Problem!.Message);
        throw new StoreException(
            refused.Problem!.Code, $"cannot start {arguments.Kind}: {string.Join("; ", problems.Distinct())}");
    }

    /// <inheritdoc/>
    public Task StopAsync(CallContext call, JobMessage which, CancellationToken cancellation) =>
        TellAsync(call, (Actions.StopJob, which, "stop the job everywhere"), cancellation);

    /// <inheritdoc/>
    public Task ForgetAsync(CallContext call, JobMessage which, CancellationToken cancellation) =>
        TellAsync(call, (Actions.ForgetJob, which, "forget the job everywhere"), cancellation);

    private async Task TellAsync(
        CallContext call, (string Action, JobMessage Which, string Purpose) what, CancellationToken cancellation)
    {
        var answers = await AskAllAsync(
            call,
            Asked(call.Metadata.Document.Map, what.Which.AskedNode),
            Change(what.Action, what.Which with { Node = null }),
            cancellation).ConfigureAwait(false);
        Demand(Problems(answers), what.Purpose);
    }

    /// <summary>The targets that can have jobs: one that the cluster has declared down cannot be asked.</summary>
    private static List<NodeInfo> Asked(ClusterMap map, string node)
    {
        if (node.Length == 0)
        {
            return [.. map.Targets.Values.Where(target => (target.Flags & NodeFlags.Down) == 0)];
        }
        if (map.Targets.TryGetValue(node, out var one))
        {
            return [one];
        }
        throw map.Proxies.ContainsKey(node)
            ? new StoreException(StoreErrorCode.InvalidRequest, $"p[{node}] is a proxy: jobs run on targets")
            : new StoreException(StoreErrorCode.NodeNotFound, $"node \"{node}\" does not exist");
    }

    private static Question Change(string action, JobMessage value) => new(
        HttpMethod.Put,
        Path,
        JsonSerializer.SerializeToUtf8Bytes(
            new ActionMessage
            {
                Action = action,
                Value = JsonSerializer.SerializeToElement(value, WireJsonContext.Output.JobMessage),
            },
            WireJsonContext.Output.ActionMessage));

    private async Task<List<Answer>> AskAllAsync(
        CallContext call, IReadOnlyList<NodeInfo> targets, Question question, CancellationToken cancellation)
    {
        var limit = call.Metadata.Document.Config.Client.Timeout;
        var calls = targets.Select(target => AskAsync(target, question, limit, cancellation));
        return [.. await Task.WhenAll(calls).ConfigureAwait(false)];
    }

    private async Task<Answer> AskAsync(
        NodeInfo target, Question question, TimeSpan limit, CancellationToken cancellation)
    {
        using var timed = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timed.Token, cancellation);
        try
        {
            using var content = new ByteArrayContent(question.Body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await peers
                .SendAsync(
                    target, NetworkKind.Control, new PeerRequest(question.Method, question.Path, content), both.Token)
                .ConfigureAwait(false);
            await answer.Content.LoadIntoBufferAsync(PeerClient.MaxAnswer, both.Token).ConfigureAwait(false);
            var bytes = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                ? new Answer(target, bytes, null)
                : new Answer(target, [], Refused(target, (int)answer.StatusCode, bytes));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var seconds = limit.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            return new Answer(target, [], new StoreException(
                StoreErrorCode.NotReady, $"{target.DisplayName} did not answer within {seconds} s"));
        }
        catch (Exception e) when (e is StoreException or HttpRequestException)
        {
            var text = e.Message.Contains(target.DisplayName, StringComparison.Ordinal)
                ? e.Message
                : $"{target.DisplayName}: {e.Message}";
            return new Answer(target, [], new StoreException(StoreErrorCode.NotReady, text, e));
        }
    }

    /// <summary>A target in service has to answer; one under maintenance or on its way out may be switched off.</summary>
    private static List<string> Problems(List<Answer> answers) =>
    [
        .. answers
            .Where(answer => answer.Problem is not null
                && (answer.Target.Flags & (NodeFlags.Maintenance | NodeFlags.Decommission)) == 0)
            .Select(answer => answer.Problem!.Message),
    ];

    private static void Demand(IReadOnlyList<string> problems, string purpose)
    {
        if (problems.Count != 0)
        {
            throw new StoreException(StoreErrorCode.NotReady, $"cannot {purpose}: {string.Join("; ", problems)}");
        }
    }

    private static List<JobSnap> Read(Answer answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, WireJsonContext.Default.ListJobSnap) ?? [];
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"{answer.Target.DisplayName} answered something else: {error.Message}", error);
        }
    }

    private static StoreException Refused(NodeInfo target, int status, byte[] body)
    {
        WireError? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, WireJsonContext.Default.WireError);
        }
        catch (JsonException)
        {
            // Whatever it is, it is not our error body: the status has to do.
        }
        var text = error?.Message ?? string.Create(CultureInfo.InvariantCulture, $"answered {status}");
        var code = (status, error?.TypeCode) switch
        {
            (404, "ErrBckNotFound") => StoreErrorCode.BucketNotFound,
            (400, _) => StoreErrorCode.InvalidRequest,
            (404, _) => StoreErrorCode.NotFound,
            (409, _) => StoreErrorCode.Busy,
            (501, _) => StoreErrorCode.NotImplemented,
            _ => StoreErrorCode.NotReady,
        };
        return new StoreException(
            code, text.Contains(target.DisplayName, StringComparison.Ordinal) ? text : $"{target.DisplayName}: {text}");
    }

    /// <summary>The same request for several targets.</summary>
    private sealed record Question(HttpMethod Method, string Path, byte[] Body);

    /// <summary>What one target said, or why it did not.</summary>
    private sealed record Answer(NodeInfo Target, byte[] Body, StoreException? Problem);
}
