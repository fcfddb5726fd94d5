using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>
/// Jobs of the whole cluster: <c>GET /v1/cluster?what=qryxstats</c> and its like, <c>PUT /v1/cluster</c> with the actions
/// <c>start</c> and <c>stop</c>. Any proxy answers; a rebalance is started and stopped by the primary.
/// </summary>
internal sealed class JobEndpoints(GatewayServices services)
{
    /// <summary>Proxies that an error about an unknown job names.</summary>
    private const int ShownProxies = 3;

    private const string PlainText = "text/plain; charset=utf-8";

    private readonly PrimaryRelay _relay = new(services);

    private IClusterJobs Jobs => services.ClusterJobs
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node knows of no jobs");

    /// <summary>True for a word that <see cref="GetAsync"/> answers.</summary>
    public static bool Answers(string what) => what is "qryxstats" or "status" or "status_all" or "running_all";

    /// <summary>Answers a question about jobs.</summary>
    public async Task GetAsync(RequestContext request)
    {
        var what = request.Query.Get(QueryNames.What);
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        if (body.IsEmpty)
        {
            throw WireJson.Missing("*xact.QueryMsg", what);
        }
        var query = request.ParseJson(body, WireJsonContext.Default.JobMessage, "*xact.QueryMsg") ?? new JobMessage();
        await (what switch
        {
            "qryxstats" => SnapsAsync(request, query.Tidy()),
            "status" => StatusAsync(request, query.Tidy()),
            "status_all" => AllStatusesAsync(request, query.Tidy()),
            _ => RunningAsync(request, query.Tidy()),
        }).ConfigureAwait(false);
    }

    /// <summary>Serves <c>start</c> and <c>stop</c>.</summary>
    /// <returns>False when the action is another one.</returns>
    public async Task<bool> TryChangeAsync(RequestContext request, ReadOnlyMemory<byte> body)
    {
        if (request.Method != "PUT" || request.Path.Count != 2 || request.ParseAction(body) is not { } message)
        {
            return false;
        }
        switch (message.Action)
        {
            case Actions.StartJob:
                await StartAsync(request, Arguments(message), body).ConfigureAwait(false);
                return true;
            case Actions.StopJob:
                await StopAsync(request, Arguments(message), body).ConfigureAwait(false);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The arguments in the value of an action.</summary>
    /// <exception cref="StoreException">When they cannot be read.</exception>
    public static JobMessage Arguments(ActionMessage message) =>
        WireJson.Read(message.Value, WireJsonContext.Default.JobMessage, "*xact.ArgsMsg", message.Action)?.Tidy()
        ?? new JobMessage();

    private async Task SnapsAsync(RequestContext request, JobMessage query)
    {
        var snaps = await Jobs.ReadAsync(request.Call, query, request.Aborted).ConfigureAwait(false);
        if (snaps.Values.All(list => list.Count == 0) && query.AskedId.Length + (query.AskedBucket?.Name.Length ?? 0) != 0)
        {
            var rebalance = request.Call.Metadata.Document.Rebalance.Id;
            if (query.AskedId.Length == 0 || query.AskedId != rebalance)
            {
                throw new StoreException(StoreErrorCode.JobNotFound, $"\"{Shown(query)}\" not found");
            }
        }
        await request
            .JsonAsync(snaps, WireJsonContext.Output.SortedDictionaryStringIReadOnlyListJobSnap)
            .ConfigureAwait(false);
    }

    private async Task StatusAsync(RequestContext request, JobMessage query)
    {
        if (query.AskedId.Length == 0 && JobKinds.Find(query.AskedKind) is null)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid x-{Shorten(query.AskedKind)}");
        }
        var statuses = await StatusesAsync(request, query with { ShowActive = null }, isLenient: true).ConfigureAwait(false);
        var status = statuses.LastOrDefault(one => one.EndTime == 0) ?? (statuses.Count == 0 ? null : statuses[^1]);
        if (status is null)
        {
            throw new StoreException(
                StoreErrorCode.JobNotFound, $"{Shown(query)} not found ({Proxies(request)})");
        }
        await PlainAsync(request, JsonSerializer.SerializeToUtf8Bytes(status, WireJsonContext.Output.JobStatus))
            .ConfigureAwait(false);
    }

    private async Task AllStatusesAsync(RequestContext request, JobMessage query)
    {
        // In AIStore only true restricts this answer.
        var active = query.AskedActive == true;
        var known = query.AskedKind.Length == 0 || JobKinds.Find(query.AskedKind) is not null;
        IReadOnlyList<JobStatus> statuses = known
            ? await StatusesAsync(request, query with { ShowActive = null }).ConfigureAwait(false)
            : [];
        List<JobStatus> shown = [.. statuses.Where(status => !active || status.EndTime == 0)];
        await PlainAsync(
            request,
            shown.Count == 0
                ? "null"u8.ToArray()
                : JsonSerializer.SerializeToUtf8Bytes(shown, WireJsonContext.Output.ListJobStatus)).ConfigureAwait(false);
    }

    private async Task RunningAsync(RequestContext request, JobMessage query)
    {
        var statuses = await StatusesAsync(request, query with { ShowActive = null }).ConfigureAwait(false);
        List<string> running =
            [.. statuses.Where(status => status.EndTime == 0).Select(status => $"{status.Kind}[{status.Id}]")];
        await request.JsonAsync(running, WireJsonContext.Output.ListString).ConfigureAwait(false);
    }

    /// <param name="request">The request.</param>
    /// <param name="query">What is asked.</param>
    /// <param name="isLenient">
    /// True to answer although a target does not, when another one knows the job: one that is not known to have ended runs.
    /// </param>
    private async Task<IReadOnlyList<JobStatus>> StatusesAsync(
        RequestContext request, JobMessage query, bool isLenient = false)
    {
        var (snaps, problems) = await Jobs.ReadKnownAsync(request.Call, query, request.Aborted).ConfigureAwait(false);
        var statuses = JobSummary.Statuses(snaps);
        if (problems.Count != 0)
        {
            statuses = isLenient && statuses.Count != 0
                ? JobSummary.WithSilentTargets(statuses, snaps)
                : throw new StoreException(
                    StoreErrorCode.NotReady, $"cannot tell how the jobs stand: {string.Join("; ", problems)}");
        }
        request.Refresh();
        var document = request.Call.Metadata.Document;
        var ofRebalance = query.AskedBucket is null && query.AskedNode.Length == 0
            && (query.AskedId.Length == 0 || query.AskedId == document.Rebalance.Id)
            && (JobKinds.Find(query.AskedKind) ?? JobKinds.Rebalance) == JobKinds.Rebalance;
        return ofRebalance ? JobSummary.WithRebalance(statuses, document) : statuses;
    }

    private async Task StartAsync(RequestContext request, JobMessage arguments, ReadOnlyMemory<byte> body)
    {
        var self = services.Facts.Self.DisplayName;
        var kind = JobKinds.Find(arguments.AskedKind) ?? throw new StoreException(
            StoreErrorCode.InvalidRequest, $"{self}: unknown xaction kind \"{Shorten(arguments.AskedKind)}\"");
        if (kind.HasOwnCall)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{self}: cannot start \"{kind.Name}\": it begins by a call of its own");
        }
        if (kind.NeedsBucket && arguments.AskedBucket is null)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"xaction \"{kind.Name}\" requires a bucket to start");
        }
        if (kind != JobKinds.Rebalance)
        {
            var asked = arguments with { Kind = kind.Name, Id = JobId.New(kind.Name), Work = null };
            var id = await Jobs.StartAsync(request.Call, asked, request.Aborted).ConfigureAwait(false);
            await request.TextAsync(id).ConfigureAwait(false);
            return;
        }
        if (!await _relay.RelayAsync(request, body).ConfigureAwait(false))
        {
            var id = await Rebalance().StartAsync(request.Call.Who, request.Aborted).ConfigureAwait(false);
            request.StampResponse();
            await request.TextAsync(id).ConfigureAwait(false);
        }
    }

    /// <summary>Ids and kinds that do not exist are no error, as in AIStore; nothing happens then.</summary>
    private async Task StopAsync(RequestContext request, JobMessage which, ReadOnlyMemory<byte> body)
    {
        var kind = JobKinds.Find(which.AskedKind);
        if (which.AskedId.Length == 0 && which.AskedKind.Length == 0)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, "nothing says which job to stop: an id or a kind is expected");
        }
        if (kind == JobKinds.Rebalance || JobId.RebalanceNumber(which.AskedId) is not null)
        {
            await StopRebalanceAsync(request, which, body).ConfigureAwait(false);
            return;
        }
        if (which.AskedId.Length != 0 || kind is not null)
        {
            await Jobs.StopAsync(request.Call, which, request.Aborted).ConfigureAwait(false);
        }
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task StopRebalanceAsync(RequestContext request, JobMessage which, ReadOnlyMemory<byte> body)
    {
        if (await _relay.RelayAsync(request, body).ConfigureAwait(false))
        {
            return;
        }
        request.Refresh();
        if (which.AskedId.Length == 0 || which.AskedId == request.Call.Metadata.Document.Rebalance.Id)
        {
            await Rebalance().StopAsync(request.Call.Who, request.Aborted).ConfigureAwait(false);
        }
        request.StampResponse();
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private IRebalanceCommands Rebalance() => services.Rebalance
        ?? throw new StoreException(
            StoreErrorCode.NotImplemented, "a rebalance cannot be started or stopped: it is not implemented on this node");

    /// <summary>A JSON answer that AIStore sends as text, without an end of line.</summary>
    private static Task PlainAsync(RequestContext request, ReadOnlyMemory<byte> json) => request.BytesAsync(json, PlainText);

    /// <summary>The job asked for, as AIStore shows it: <c>x-kind[id]</c>.</summary>
    private static string Shown(JobMessage query) =>
        $"x-{Shorten(query.AskedKind)}" + (query.AskedId.Length == 0 ? "" : $"[{Shorten(query.AskedId)}]");

    private static string Proxies(RequestContext request)
    {
        var map = request.Call.Metadata.Document.Map;
        return string.Join(
            ',',
            map.Proxies.Keys
                .OrderBy(id => id != map.PrimaryId)
                .Take(ShownProxies)
                .Select(id => id == map.PrimaryId ? id + "(*)" : id));
    }

    private static string Shorten(string text) => text.Length > JobId.MaxLength ? text[..JobId.MaxLength] : text;
}
