using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Storage.Listing;
using Skein.Storage.Objects;
using Skein.Target.Buckets;

namespace Skein.Target.Walks;

/// <summary>Some names of a walk, in order.</summary>
/// <param name="Names">The names.</param>
/// <param name="Cursor">Where the next page begins.</param>
internal readonly record struct NamePage(IReadOnlyList<string> Names, string Cursor);

/// <summary>
/// Where the names of a walk come from, page by page: listed, from a template, from the listing index of this target, or
/// from the merged listing of the cluster, which a proxy is asked for.
/// </summary>
internal sealed class WalkNames(ObjectStore store, BucketReferences buckets, PeerClient peers, TimeProvider time)
{
    /// <summary>Names of the sources, as they stand in a checkpoint.</summary>
    public const string Listed = "list";

    /// <summary>See <see cref="Listed"/>.</summary>
    public const string Template = "template";

    /// <summary>See <see cref="Listed"/>.</summary>
    public const string Here = "index";

    /// <summary>See <see cref="Listed"/>.</summary>
    public const string Cluster = "cluster";

    /// <summary>The source of names that a job would use now.</summary>
    /// <param name="names">Which are meant.</param>
    /// <param name="indexIsComplete">True when this target holds exactly what it owns.</param>
    public static string SourceOf(NamesMessage names, bool indexIsComplete) =>
        names.IsList ? Listed
        : names.ReadTemplate() is { IsPrefix: false } ? Template
        : indexIsComplete ? Here
        : Cluster;

    /// <summary>The pages of a source from a place on.</summary>
    /// <param name="source">From <see cref="SourceOf"/>.</param>
    /// <param name="job">The job.</param>
    /// <param name="cursor">Where to begin; empty for the beginning.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="StoreException">When the names cannot be had for too long.</exception>
    public IAsyncEnumerable<NamePage> PagesAsync(
        string source, WalkJob job, string cursor, CancellationToken cancellation) => source switch
        {
            Listed => CountedAsync(
                job.Record.Work.Names.ObjectNames!.Count, i => job.Record.Work.Names.ObjectNames![(int)i], cursor),
            Template => CountedAsync(Parsed(job).Count, Parsed(job).NameAt, cursor),
            Here => ListedAsync(NameList.Of(job), cursor, HereAsync, cancellation),
            _ => ListedAsync(NameList.Of(job), cursor, ClusterAsync, cancellation),
        };

    /// <summary>All names of a list from the merged listing of the cluster.</summary>
    /// <exception cref="StoreException">When the names cannot be had for too long.</exception>
    public IAsyncEnumerable<NamePage> OfClusterAsync(NameList list, CancellationToken cancellation) =>
        ListedAsync(list, "", ClusterAsync, cancellation);

    private static NameTemplate Parsed(WalkJob job) => job.Record.Work.Names.ReadTemplate()!;

    private static async IAsyncEnumerable<NamePage> CountedAsync(long count, Func<long, string> nameAt, string cursor)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var at = cursor.Length == 0 ? 0 : long.Parse(cursor, CultureInfo.InvariantCulture);
        while (at < count)
        {
            var names = new List<string>(WalkLimits.PageNames);
            for (; at < count && names.Count < WalkLimits.PageNames; at++)
            {
                names.Add(nameAt(at));
            }
            yield return new NamePage(names, at.ToString(CultureInfo.InvariantCulture));
        }
    }

    private async IAsyncEnumerable<NamePage> ListedAsync(
        NameList list,
        string cursor,
        Func<NameList, string, CancellationToken, Task<(List<string> Names, string Next)>> read,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var next = cursor;
        do
        {
            (var names, next) = await PatientlyAsync(list, next, read, cancellation).ConfigureAwait(false);
            if (names.Count != 0)
            {
                yield return new NamePage(names, next.Length == 0 ? names[^1] : next);
            }
        }
        while (next.Length != 0);
    }

    /// <summary>An index that is being rebuilt, or a cluster that elects a primary, is waited for.</summary>
    private async Task<(List<string> Names, string Next)> PatientlyAsync(
        NameList list,
        string cursor,
        Func<NameList, string, CancellationToken, Task<(List<string> Names, string Next)>> read,
        CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var pause = WalkLimits.ShortestPause;
        while (true)
        {
            try
            {
                return await read(list, cursor, cancellation).ConfigureAwait(false);
            }
            catch (StoreException e) when (e.Code is StoreErrorCode.NotReady or StoreErrorCode.Unreachable
                && time.GetElapsedTime(started) < WalkLimits.NamesPatience)
            {
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                pause = pause * 2 < WalkLimits.LongestPause ? pause * 2 : WalkLimits.LongestPause;
            }
        }
    }

    private async Task<(List<string> Names, string Next)> HereAsync(
        NameList list, string cursor, CancellationToken cancellation)
    {
        var page = await store
            .ListAsync(
                buckets.Of(list.Bucket, list.Props()),
                new ListQuery
                {
                    Prefix = list.Names.PrefixOfWalk,
                    StartAfter = cursor,
                    Limit = WalkLimits.PageNames,
                    NonRecursive = list.Names.NonRecursive,
                    Fields = ListFields.None,
                },
                cancellation)
            .ConfigureAwait(false);
        return ([.. page.Entries.Where(entry => !entry.IsFolder).Select(entry => entry.Name)], page.NextToken);
    }

    /// <summary>Any proxy that answers; the listing of each is complete or an error.</summary>
    private async Task<(List<string> Names, string Next)> ClusterAsync(
        NameList list, string cursor, CancellationToken cancellation)
    {
        _ = list.Props(); // a bucket that is gone is said to be so, whatever a proxy knows
        var map = list.Metadata().Document.Map;
        var problems = new List<string>();
        foreach (var proxy in map.Proxies.Values
            .Where(node => (node.Flags & NodeFlags.Down) == 0)
            .OrderBy(node => node.Id == map.PrimaryId))
        {
            try
            {
                return await AskAsync(proxy, list, cursor, cancellation).ConfigureAwait(false);
            }
            catch (StoreException e) when (e.Code is StoreErrorCode.Unreachable or StoreErrorCode.NotReady)
            {
                problems.Add(e.Message);
            }
        }
        throw new StoreException(
            StoreErrorCode.NotReady,
            $"no proxy lists {list.Bucket}: {(problems.Count == 0 ? "there is none" : string.Join("; ", problems))}");
    }

    private async Task<(List<string> Names, string Next)> AskAsync(
        NodeInfo proxy, NameList list, string cursor, CancellationToken cancellation)
    {
        var names = list.Names;
        var message = new ListObjectsMessage
        {
            Prefix = names.PrefixOfWalk,
            ContinuationToken = cursor,
            PageSize = WalkLimits.PageNames,
            Flags = (ulong)(ListFlags.NamesOnly | (names.NonRecursive ? ListFlags.NonRecursive : ListFlags.None)
                | (list.OnlyHere ? ListFlags.Cached : ListFlags.None)),
        };
        var action = new ActionMessage
        {
            Action = Actions.List,
            Value = JsonSerializer.SerializeToElement(message, WireJsonContext.Output.ListObjectsMessage),
        };
        using var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(action, WireJsonContext.Output.ActionMessage));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var limit = new CancellationTokenSource(list.Metadata().Document.Config.Client.ListTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var answer = await peers
                .SendAsync(
                    proxy,
                    NetworkKind.Control,
                    new PeerRequest(HttpMethod.Get, ObjectCalls.BucketPath(list.Bucket), content),
                    both.Token)
                .ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw await PeerErrors.ReadAsync(proxy, answer, both.Token).ConfigureAwait(false);
            }
            await answer.Content.LoadIntoBufferAsync(PeerClient.MaxAnswer, both.Token).ConfigureAwait(false);
            var bytes = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            var page = ListObjectsMsgpack.Read(bytes);
            return (
                [.. page.Entries.Where(one => (one.Entry.Flags & Core.Wire.ListEntry.DirectoryFlag) == 0)
                    .Select(one => one.Entry.Name)],
                page.NextToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StoreException(
                StoreErrorCode.Unreachable, $"{proxy.DisplayName} does not list {list.Bucket}: {e.Message}", e);
        }
    }
}

/// <summary>Names of a bucket that are listed.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Props">Its present properties; throws when it is gone.</param>
/// <param name="Names">Which of its names: a prefix or all.</param>
/// <param name="Metadata">The present document.</param>
internal sealed record NameList(
    BucketName Bucket, Func<BucketProps> Props, NamesMessage Names, Func<SealedDocument> Metadata)
{
    /// <summary>True to leave out what is only at the home of a remote bucket.</summary>
    public bool OnlyHere { get; init; }

    /// <summary>The names that a job goes through.</summary>
    public static NameList Of(WalkJob job) => new(
        job.Bucket, () => job.Props, job.Record.Work.Names, () => job.Metadata)
    {
        OnlyHere = job.Kind.Name == Actions.EvictNames,
    };
}

/// <summary>The share of a target in the names of a job: a name belongs to exactly one of those that take part.</summary>
/// <param name="bucket">The bucket.</param>
/// <param name="participants">Ids of those that take part.</param>
internal sealed class WalkShare(BucketName bucket, IEnumerable<string> participants)
{
    private readonly OwnerSet _set = new(0, [.. participants.Order(StringComparer.Ordinal)]);
    private readonly string _uname = bucket.Uname;

    /// <summary>Those that take part, in order.</summary>
    public IReadOnlyList<string> Participants => _set.TargetIds;

    /// <summary>Id of the one that deals with a name.</summary>
    public string Of(string name) => _set.Owner(Core.Placement.HrwDigest.OfObject(_uname, name));

    /// <summary>True when both have the same targets.</summary>
    public bool IsSameAs(WalkShare other) => _set.HasSameTargets(other._set.TargetIds.AsSpan());
}
