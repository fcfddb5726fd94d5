using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/xactions</c> on a target: its own jobs, for the proxies.</summary>
internal sealed class TargetJobEndpoints(GatewayServices services)
{
    private const string Allow = "GET, PUT";

    private IJobHandler Jobs => services.Jobs
        ?? throw new StoreException(
            StoreErrorCode.NotImplemented, $"{services.Facts.Self.DisplayName} has no jobs");

    public Task HandleAsync(RequestContext request)
    {
        if (request.Method is not ("GET" or "PUT"))
        {
            return Verbs.RefuseAsync(request, Allow);
        }
        if (!request.Call.IsIntra)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"{services.Facts.Self.DisplayName}: expecting intra-cluster call: ask a proxy, /v1/cluster?what=qryxstats");
        }
        return request.Method == "GET" ? GetAsync(request) : ChangeAsync(request);
    }

    private async Task GetAsync(RequestContext request)
    {
        switch (request.Query.Get(QueryNames.What))
        {
            case "getxstats":
                var id = request.Query.Get(QueryNames.Uuid);
                var one = id.Length != 0 && Jobs.Read(new JobMessage { Id = id }) is [.., var last] ? last : null;
                await request
                    .JsonAsync(
                        one ?? throw new StoreException(StoreErrorCode.JobNotFound, $"\"x-[{id}]\" not found"),
                        WireJsonContext.Output.JobSnap)
                    .ConfigureAwait(false);
                break;
            case "qryxstats":
                var body = await request.ReadBodyAsync().ConfigureAwait(false);
                var query = body.IsEmpty
                    ? null
                    : request.ParseJson(body, WireJsonContext.Default.JobMessage, "*xact.QueryMsg");
                List<JobSnap> snaps = [.. Jobs.Read((query ?? new JobMessage()).Tidy())];
                await request.JsonAsync(snaps, WireJsonContext.Output.ListJobSnap).ConfigureAwait(false);
                break;
            case "work":
                var work = Jobs.FindWork(request.Query.Get(QueryNames.Uuid));
                await request
                    .JsonAsync(
                        work ?? throw new StoreException(StoreErrorCode.JobNotFound, "no such job"),
                        WireJsonContext.Output.BucketWorkState)
                    .ConfigureAwait(false);
                break;
            case "summary":
                var summary = Jobs.FindSummary(request.Query.Get(QueryNames.Uuid));
                await request
                    .JsonAsync(
                        summary ?? throw new StoreException(StoreErrorCode.JobNotFound, "no such job"),
                        WireJsonContext.Output.SummaryShare)
                    .ConfigureAwait(false);
                break;
            case var what:
                throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"unexpected query [what={(what.Length > 64 ? what[..64] : what)}]");
        }
    }

    private async Task ChangeAsync(RequestContext request)
    {
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = request.ParseAction(body) ?? throw request.MissingBody();
        switch (message.Action)
        {
            case Actions.StartJob:
                await request.CatchUpWithCallerAsync().ConfigureAwait(false);
                await request.TextAsync(Jobs.Start(request.Call, JobEndpoints.Arguments(message))).ConfigureAwait(false);
                break;
            case Actions.StopJob:
                Jobs.Stop(request.Call, JobEndpoints.Arguments(message));
                await request.EmptyAsync().ConfigureAwait(false);
                break;
            case Actions.ForgetJob:
                Jobs.Forget(JobEndpoints.Arguments(message));
                await request.EmptyAsync().ConfigureAwait(false);
                break;
            default:
                throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"invalid action \"{message.Action}\" (xactions)");
        }
    }
}
