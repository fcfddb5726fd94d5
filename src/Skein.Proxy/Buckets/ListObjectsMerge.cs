using Nerdbank.MessagePack;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Peers;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Buckets;

/// <summary>
/// Lists a bucket over all targets: asks each for a piece in order of names and merges the pieces. A page is complete or
/// an error. Where several targets have a name, the newest write counts.
/// </summary>
/// <param name="peers">Calls the targets.</param>
/// <param name="control">Catches up when a target knows a newer map.</param>
/// <param name="metadata">The present document after that.</param>
/// <param name="time">Clock for the limit of time.</param>
public sealed class ListObjectsMerge(PeerClient peers, IControlPlane control, IMetadataSource metadata, TimeProvider time)
    : IObjectLister
{
    /// <summary>How often a listing is begun anew because the map of the cluster changed meanwhile.</summary>
    private const int MaxAttempts = 4;

    /// <summary>How long a target that does not answer, or answers that it is not ready, is asked again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Entries that a target is asked for at least.</summary>
    private const int LeastPiece = 64;

    /// <inheritdoc/>
    public async Task<ObjectPage> ListAsync(ListObjectsRequest request, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(
            request.Call.Metadata.Document.Config.Client.ListTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var document = attempt == 1 ? request.Call.Metadata.Document : metadata.Current.Document;
            try
            {
                if (await TryAsync(request, document, both.Token, cancellation).ConfigureAwait(false) is { } page)
                {
                    return page;
                }
            }
            catch (StoreException e) when (e.Code == StoreErrorCode.NotReady && time.GetElapsedTime(started) < Patience)
            {
                // A target that has just come, or is about to be known as gone.
                await Task.Delay(Pause, time, both.Token).ConfigureAwait(false);
                attempt--;
                continue;
            }
            if (attempt == MaxAttempts)
            {
                throw new StoreException(
                    StoreErrorCode.NotReady,
                    $"cannot list {request.Bucket}: the cluster map kept changing during the listing, try again");
            }
        }
    }

    /// <summary>One page under one document; null when that has changed meanwhile and it is to be done again.</summary>
    private async Task<ObjectPage?> TryAsync(
        ListObjectsRequest request, ControlDocument document, CancellationToken cancellation, CancellationToken client)
    {
        var sources = Sources(request, document);
        await FillAllAsync(request, sources, cancellation, client).ConfigureAwait(false);
        var allKnow = sources.TrueForAll(source => source.Stamp.Version >= document.Rebalance.OwnersVersion);
        if (!document.IsSettled)
        {
            // An object that moved from one target to another while they were asked may have been seen on neither.
            // Whoever asks all of them once more, after everyone has answered, sees it where it went.
            var again = Sources(request, document);
            await FillAllAsync(request, again, cancellation, client).ConfigureAwait(false);
            sources.AddRange(again);
        }
        var page = await MergeAsync(request, sources, document.Map, cancellation, client).ConfigureAwait(false);
        var newest = sources.Select(source => source.Stamp).DefaultIfEmpty().Max();
        return allKnow
            && (newest <= document.Stamp || !await ChangedAsync(document, newest, cancellation).ConfigureAwait(false))
            ? page
            : null;
    }

    /// <summary>
    /// A target knew a newer document than this proxy: catches up, and says whether other targets own the names now, or
    /// others have to be asked.
    /// </summary>
    private async Task<bool> ChangedAsync(ControlDocument used, DocumentStamp newest, CancellationToken cancellation)
    {
        await control.CatchUpAsync(newest, cancellation).ConfigureAwait(false);
        var now = metadata.Current.Document;
        return now.Rebalance.OwnersVersion != used.Rebalance.OwnersVersion
            || (used.IsSettled && !now.IsSettled)
            || !Asked(now).Select(target => target.Id).SequenceEqual(Asked(used).Select(target => target.Id));
    }

    /// <summary>
    /// Targets that may hold objects: the active ones when every object is where the map says, else every target that has
    /// not said that it holds nothing.
    /// </summary>
    private static IEnumerable<NodeInfo> Asked(ControlDocument document) => document.IsSettled
        ? document.Map.ActiveTargets
        : document.Map.Targets.Values.Where(target => target.IsActive || document.Rebalance.MayHold(target.Id));

    private List<TargetListing> Sources(ListObjectsRequest request, ControlDocument document)
    {
        var targets = Asked(document).ToList();
        if (targets.Count == 0)
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"cannot list {request.Bucket}: there are no targets in the cluster");
        }
        var size = (int)request.Message.PageSize;
        // Unsettled: the whole page in one piece, so that all of it was read before anyone is asked once more.
        var piece = document.IsSettled ? Math.Clamp((size / targets.Count * 5 / 4) + LeastPiece, 1, size) : size;
        return targets.ConvertAll(target => new TargetListing(peers, target, request, piece));
    }

    private static async Task FillAllAsync(
        ListObjectsRequest request,
        List<TargetListing> sources,
        CancellationToken cancellation,
        CancellationToken client)
    {
        var fills = sources.ConvertAll(source => source.FillAsync(cancellation));
        var problems = new List<string>();
        for (var i = 0; i < fills.Count; i++)
        {
            try
            {
                await fills[i].ConfigureAwait(false);
            }
            catch (Exception e) when (IsNodeFailure(e) && !client.IsCancellationRequested)
            {
                problems.Add(Problem(sources[i].Target, e));
            }
        }
        if (problems.Count != 0)
        {
            throw Incomplete(request, problems);
        }
    }

    private static async Task<ObjectPage> MergeAsync(
        ListObjectsRequest request,
        List<TargetListing> sources,
        ClusterMap map,
        CancellationToken cancellation,
        CancellationToken client)
    {
        var wanted = (int)request.Message.PageSize;
        var entries = new List<ObjectPageEntry>(Math.Min(wanted, 1024));
        var folder = FolderItself(request.Message);
        var queue = new PriorityQueue<TargetListing, string>(sources.Count, Utf8Order.Instance);
        foreach (var source in sources.Where(source => !source.IsAtEnd))
        {
            queue.Enqueue(source, source.Current.SortKey);
        }
        if (folder is not null && queue.Count != 0)
        {
            entries.Add(new ObjectPageEntry(folder, default));
        }
        var shards = new ShardFilter();
        var last = default(ObjectPageEntry);
        while (entries.Count < wanted && queue.Count != 0)
        {
            // Where only one target is left there is no order to be found.
            last = queue.Count == 1 && queue.Peek().TryTake(out var only)
                ? only
                : await NextAsync(request, queue, map, cancellation, client).ConfigureAwait(false);
            if (shards.Keeps(last, sources))
            {
                entries.Add(last);
            }
        }
        var token = queue.Count == 0 ? "" : last.SortKey;
        return new ObjectPage(entries, token, sources.Aggregate(0U, (flags, source) => flags | source.Flags));
    }

    /// <summary>Takes the next name from every target that has it and keeps the newest write.</summary>
    private static async ValueTask<ObjectPageEntry> NextAsync(
        ListObjectsRequest request,
        PriorityQueue<TargetListing, string> queue,
        ClusterMap map,
        CancellationToken cancellation,
        CancellationToken client)
    {
        queue.TryPeek(out var source, out var key);
        var best = source!.Current;
        var holder = source.Target;
        while (queue.TryPeek(out source, out var next) && next == key)
        {
            if (!ReferenceEquals(holder, source.Target))
            {
                (best, holder) = Newer(request, map, (best, holder), (source.Current, source.Target));
            }
            source.Advance();
            try
            {
                await source.FillAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (IsNodeFailure(e) && !client.IsCancellationRequested)
            {
                throw Incomplete(request, [Problem(source.Target, e)]);
            }
            queue.Dequeue();
            if (!source.IsAtEnd)
            {
                queue.Enqueue(source, source.Current.SortKey);
            }
        }
        return best;
    }

    private static (ObjectPageEntry Entry, NodeInfo Holder) Newer(
        ListObjectsRequest request,
        ClusterMap map,
        (ObjectPageEntry Entry, NodeInfo Holder) one,
        (ObjectPageEntry Entry, NodeInfo Holder) other)
    {
        if (one.Entry.Stamp != other.Entry.Stamp)
        {
            return one.Entry.Stamp > other.Entry.Stamp ? one : other;
        }
        var owner = map.Owner(HrwDigest.OfObject(request.Bucket.Uname, one.Entry.ObjectName));
        return other.Holder.Id == owner?.Id ? other : one;
    }

    /// <summary>
    /// A listing without recursion of what is in a folder begins, on its first page, with the folder itself.
    /// </summary>
    private static ListEntry? FolderItself(ListObjectsMessage message)
    {
        var prefix = message.Prefix ?? "";
        return ((ListFlags)message.Flags & ListFlags.NonRecursive) != 0
            && prefix.Length > 1 && prefix[^1] == '/' && message.PageSize > 1
            && string.IsNullOrEmpty(message.ContinuationToken) && string.IsNullOrEmpty(message.StartAfter)
            ? new ListEntry { Name = prefix[..^1], Flags = ListEntry.DirectoryFlag }
            : null;
    }

    private static bool IsNodeFailure(Exception error) =>
        error is StoreException { Code: not StoreErrorCode.BucketNotFound } or OperationCanceledException
            or HttpRequestException or IOException or MessagePackSerializationException;

    private static string Problem(NodeInfo target, Exception error) => error is OperationCanceledException
        ? $"{target.DisplayName} did not answer in time"
        : error.Message.Contains(target.DisplayName, StringComparison.Ordinal)
            ? error.Message
            : $"{target.DisplayName}: {error.Message}";

    private static StoreException Incomplete(ListObjectsRequest request, List<string> problems) => new(
        StoreErrorCode.NotReady,
        $"cannot list {request.Bucket} completely: {string.Join("; ", problems)}");
}
