using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Sorting;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest.Sorting;

/// <summary>
/// <c>/v1/sort</c> on proxies: distributed sorts of shards. Any proxy starts one and tells how it stands; what it does and
/// remembers is the targets'.
/// </summary>
internal sealed class SortEndpoints(GatewayServices services, BucketLookup lookup)
{
    private const string Allow = "DELETE, GET, POST";
    private const string PlainText = "text/plain; charset=utf-8";
    private const int MaxPattern = 4096;

    private IClusterJobs Jobs => services.ClusterJobs
        ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node starts no jobs");

    public Task HandleAsync(RequestContext request)
    {
        var isAbort = request.Path.Count == 3 && request.Path.Segment(2) == "abort";
        if (request.Path.Count != 2 && !isAbort)
        {
            throw RestDialect.InvalidUri(request);
        }
        return (request.Method, isAbort) switch
        {
            ("POST", false) => StartAsync(request),
            ("GET", false) => request.Query.Get(QueryNames.Uuid).Length == 0 ? ListAsync(request) : ShowAsync(request),
            ("DELETE", true) => AbortAsync(request),
            ("DELETE", false) => RemoveAsync(request),
            _ => Verbs.RefuseAsync(request, isAbort ? "DELETE" : Allow),
        };
    }

    private async Task StartAsync(RequestContext request)
    {
        var body = await request.ReadBodyAsync().ConfigureAwait(false);
        var message = (body.IsEmpty ? null : request.ParseJson(body, WireJsonContext.Default.SortMessage, "*dsort.RequestSpec"))
            ?? throw WireJson.Missing("*dsort.RequestSpec", request.Method);
        message = SortSpecReader.WithDefaults(
            message, request.Call.Metadata.Document.Config.DistributedSort, RandomNumberGenerator.GetInt32(int.MaxValue));
        var spec = SortSpecReader.Read(message);
        var from = await lookup.FindAsync(request, spec.Input).ConfigureAwait(false);
        var to = await lookup.FindAsync(request, spec.Output).ConfigureAwait(false);
        AccessCheck.Require(spec.Input, from, AccessPermissions.Get);
        AccessCheck.Require(spec.Output, to, AccessPermissions.Put);
        ObjectEndpoints.RequireOwn(spec.Input, from, "a distributed sort");
        ObjectEndpoints.RequireOwn(spec.Output, to, "a distributed sort");
        var start = new JobMessage
        {
            Id = JobId.NewSort(),
            Kind = JobKinds.Sort.Name,
            Bucket = WireBucket.From(spec.Input),
            Work = new BucketWork
            {
                BucketId = from.BucketId,
                Participants = [.. request.Call.Metadata.Document.Map.ActiveTargets.Select(target => target.Id)],
                Names = spec.Names,
                Destination = WireBucket.From(spec.Output),
                DestinationId = to.BucketId,
                Value = JsonSerializer.SerializeToElement(message, WireJsonContext.Output.SortMessage),
            },
        };
        await request.TextAsync(await Jobs.StartAsync(request.Call, start, request.Aborted).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    private async Task ShowAsync(RequestContext request)
    {
        var snaps = await FindAsync(request).ConfigureAwait(false);
        var infos = new SortedDictionary<string, SortJobInfo>(StringComparer.Ordinal);
        foreach (var (target, snap) in snaps)
        {
            infos[target] = SortJobInfo.Of(snap);
        }
        await request
            .BytesAsync(
                JsonSerializer.SerializeToUtf8Bytes(infos, WireJsonContext.Output.SortedDictionaryStringSortJobInfo), PlainText)
            .ConfigureAwait(false);
    }

    private async Task ListAsync(RequestContext request)
    {
        var pattern = Pattern(request.Query.Get(QueryNames.Regex));
        var onlyActive = request.Query.Get(QueryNames.OnlyActive) is "true" or "1";
        var snaps = await Jobs
            .ReadAsync(request.Call, new JobMessage { Kind = JobKinds.Sort.Name }, request.Aborted)
            .ConfigureAwait(false);
        List<SortJobInfo> shown =
        [
            .. snaps.Values
                .SelectMany(list => list)
                .Select(SortJobInfo.Of)
                .GroupBy(info => info.Id, StringComparer.Ordinal)
                .Select(parts => parts.Aggregate((all, part) => all.With(part)))
                .Where(info => !onlyActive || !info.IsArchived)
                .Where(info => pattern is null || pattern.IsMatch(info.Metrics.Description ?? ""))
                .OrderBy(info => info.StartedTime)
                .ThenBy(info => info.Id, StringComparer.Ordinal),
        ];
        await request
            .BytesAsync(JsonSerializer.SerializeToUtf8Bytes(shown, WireJsonContext.Output.ListSortJobInfo), PlainText)
            .ConfigureAwait(false);
    }

    private async Task AbortAsync(RequestContext request)
    {
        var snaps = await FindAsync(request).ConfigureAwait(false);
        var which = Which(request);
        if (snaps.TrueForAll(entry => !entry.Snap.IsRunning))
        {
            throw new StoreException(
                StoreErrorCode.NotFound, $"dsort job {which.Id} does not run any more: it cannot be aborted");
        }
        await Jobs.StopAsync(request.Call, which, request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private async Task RemoveAsync(RequestContext request)
    {
        var snaps = await FindAsync(request).ConfigureAwait(false);
        var which = Which(request);
        if (snaps.Exists(entry => entry.Snap.IsRunning))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"dsort process {which.Id} still in progress and cannot be removed");
        }
        await Jobs.ForgetAsync(request.Call, which, request.Aborted).ConfigureAwait(false);
        await request.EmptyAsync().ConfigureAwait(false);
    }

    /// <summary>How the sort that is named stands, on each target that knows it.</summary>
    /// <exception cref="StoreException">When none is named or none knows it.</exception>
    private async Task<List<(string Target, JobSnap Snap)>> FindAsync(RequestContext request)
    {
        var which = Which(request);
        if (which.AskedId.Length == 0)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"missing \"{QueryNames.Uuid}\": which sort?");
        }
        var snaps = await Jobs.ReadAsync(request.Call, which, request.Aborted).ConfigureAwait(false);
        List<(string Target, JobSnap Snap)> known =
            [.. snaps.Where(entry => entry.Value.Count != 0).Select(entry => (entry.Key, entry.Value[^1]))];
        return known.Count != 0
            ? known
            : throw new StoreException(
                StoreErrorCode.NotFound, $"dsort job {Shorten(which.AskedId)} does not exist");
    }

    private static JobMessage Which(RequestContext request) => new()
    {
        Id = request.Query.Get(QueryNames.Uuid),
        Kind = JobKinds.Sort.Name,
    };

    private static Regex? Pattern(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }
        try
        {
            return text.Length <= MaxPattern
                ? new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)
                : throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"a pattern of {text.Length} characters, at most {MaxPattern} are allowed");
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid regex \"{Shorten(text)}\": {error.Message}", error);
        }
    }

    private static string Shorten(string text) => text.Length > JobId.MaxLength ? text[..JobId.MaxLength] : text;
}
