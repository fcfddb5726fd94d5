using System.Globalization;
using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cluster.Timeline;

/// <summary>
/// Answers questions about the past of the cluster: from this node's timeline, and, for what it never saw, from those of
/// the other proxies. What nobody has is a gap, and shown as one: versions that are too old, or that an election
/// superseded before they were published.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="file">Its own timeline.</param>
/// <param name="recorder">Writes it.</param>
/// <param name="owner">Present document.</param>
/// <param name="peers">Way to the other timelines.</param>
public sealed class TimelineReader(
    NodeInfo self, TimelineFile file, TimelineRecorder recorder, MetadataOwner owner, ITimelinePeers peers)
{
    /// <summary>Most other proxies that are asked.</summary>
    public const int MaxPeers = 16;

    /// <summary>What this node knows itself.</summary>
    public async Task<TimelineReply> ReadOwnAsync(TimelineRange range, CancellationToken cancellation)
    {
        var current = owner.Current;
        await recorder.CaughtUpAsync(cancellation).ConfigureAwait(false);
        var (first, last) = range.Within(current.Stamp.Version);
        return Reply(current, Own(current, first, last), (first, last), range.Limit);
    }

    /// <summary>What the proxies know together.</summary>
    public async Task<TimelineReply> ReadAsync(TimelineRange range, CancellationToken cancellation)
    {
        var current = owner.Current;
        var (first, last) = range.Within(current.Stamp.Version);
        var known = await FilledAsync(current, (first, last), range.Limit, cancellation).ConfigureAwait(false);
        return Reply(current, known, (first, last), range.Limit);
    }

    /// <summary>Compares two versions.</summary>
    /// <param name="from">A version, or a whole stamp.</param>
    /// <param name="to">A version, or a whole stamp.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="StoreException">When one is no version, does not exist, or is no longer kept.</exception>
    public async Task<TimelineDiff> CompareAsync(string from, string to, CancellationToken cancellation)
    {
        var before = await FindAsync(from, cancellation).ConfigureAwait(false);
        var after = await FindAsync(to, cancellation).ConfigureAwait(false);
        var changes = DocumentDiff.Compare(before.Body, after.Body, out var isTruncated);
        return new TimelineDiff
        {
            From = TimelineEntry.Of(before).ToItem(),
            To = TimelineEntry.Of(after).ToItem(),
            Changes = changes,
            IsTruncated = isTruncated,
        };
    }

    /// <summary>A document of this node's own timeline; null when it has none.</summary>
    public SealedDocument? ReadDocument(DocumentStamp stamp) =>
        owner.Current.Stamp == stamp ? owner.Current : file.Read(stamp);

    private async Task<SealedDocument> FindAsync(string text, CancellationToken cancellation)
    {
        var current = owner.Current;
        var isStamp = DocumentStamp.TryParse(text, out var stamp);
        if (!isStamp
            && !(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                && (stamp = new DocumentStamp(0, 0, number)) != default))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"\"{Shorten(text)}\" is no version: a number such as {current.Stamp.Version}, or a whole stamp such as "
                    + $"{current.Stamp}, is expected");
        }
        var version = stamp.Version;
        if (version > current.Stamp.Version)
        {
            throw new StoreException(
                StoreErrorCode.NotFound, $"version {version} does not exist yet: the newest is {current.Stamp.Version}");
        }
        var known = await FilledAsync(current, (version, version), 1, cancellation).ConfigureAwait(false);
        var item = known.LastOrDefault(entry => !isStamp || entry.Stamp == stamp.ToString());
        if (item is null || !DocumentStamp.TryParse(item.Stamp, out var found))
        {
            throw new StoreException(StoreErrorCode.NotFound, Missing(text, current));
        }
        if (ReadDocument(found) is { } own)
        {
            return own;
        }
        foreach (var proxy in Others(current))
        {
            var fetched = await peers.FetchAsync(proxy, found, cancellation).ConfigureAwait(false);
            if (fetched is not null && fetched.Hash == item.Hash)
            {
                return fetched;
            }
        }
        throw new StoreException(
            StoreErrorCode.NotFound, $"version {text} is in the timeline, but no proxy that answers has its content");
    }

    private string Missing(string text, SealedDocument current)
    {
        var own = file.Entries;
        var kept = own.Count == 0
            ? "this node keeps none"
            : $"this node keeps {own.Count}, from {own[0].Stamp.Version} to {own[^1].Stamp.Version}";
        return $"version {Shorten(text)} is not kept by any proxy that answers: the last {TimelineFile.MaxEntries} are kept, "
            + $"the newest is {current.Stamp.Version}, {kept}";
    }

    /// <summary>This node's entries of a range and, where some are missing, those of the other proxies; no gaps.</summary>
    private async Task<List<TimelineItem>> FilledAsync(
        SealedDocument current, (long First, long Last) range, int limit, CancellationToken cancellation)
    {
        var (first, last) = range;
        await recorder.CaughtUpAsync(cancellation).ConfigureAwait(false);
        var known = Own(current, first, last);
        var shown = known.TakeLast(limit).ToList();
        var least = known.Count > limit ? shown[0].Version : first;
        if (shown.Select(item => item.Version).Distinct().LongCount() >= last - least + 1)
        {
            return known;
        }
        var answers = await Task
            .WhenAll(Others(current).Select(proxy => peers.AskAsync(proxy, first, last, cancellation)))
            .ConfigureAwait(false);
        var stamps = known.Select(item => item.Stamp).ToHashSet(StringComparer.Ordinal);
        foreach (var answer in answers)
        {
            foreach (var item in answer is not null && answer.Uuid == current.Uuid ? answer.Entries : [])
            {
                if (!item.IsGap && item.Version >= first && item.Version <= last && stamps.Add(item.Stamp))
                {
                    known.Add(item);
                }
            }
        }
        known.Sort(Order);
        return known;
    }

    private List<TimelineItem> Own(SealedDocument current, long first, long last)
    {
        var entries = file.Entries
            .Where(entry => entry.Uuid == current.Uuid && entry.Stamp.Version >= first && entry.Stamp.Version <= last)
            .Select(entry => entry.ToItem())
            .ToList();
        // It may not have been possible to write the newest.
        if (current.Document.Exists
            && current.Stamp.Version >= first
            && current.Stamp.Version <= last
            && entries.TrueForAll(entry => entry.Stamp != current.Stamp.ToString()))
        {
            entries.Add(TimelineEntry.Of(current).ToItem());
        }
        entries.Sort(Order);
        return entries;
    }

    private IEnumerable<NodeInfo> Others(SealedDocument current) =>
        current.Document.Map.Proxies.Values.Where(node => node.Id != self.Id && node.IsActive).Take(MaxPeers);

    private TimelineReply Reply(
        SealedDocument current, List<TimelineItem> known, (long First, long Last) range, int limit)
    {
        var shown = known.TakeLast(Math.Clamp(limit, 1, TimelineRange.MaxLimit)).ToList();
        return new TimelineReply
        {
            Node = self.Id,
            Uuid = current.Uuid,
            IsFromPrimary = owner.Status.IsEstablished,
            Entries = WithGaps(shown, known.Count > shown.Count ? shown[0].Version : range.First, range.Last),
        };
    }

    /// <summary>Puts a gap wherever versions of the range are missing.</summary>
    internal static IReadOnlyList<TimelineItem> WithGaps(IReadOnlyList<TimelineItem> known, long first, long last)
    {
        var shown = new List<TimelineItem>();
        var next = first;
        foreach (var item in known)
        {
            if (item.Version > next)
            {
                shown.Add(TimelineItem.Gap(next, item.Version - 1));
            }
            shown.Add(item);
            next = item.Version + 1;
        }
        if (next <= last)
        {
            shown.Add(TimelineItem.Gap(next, last));
        }
        return shown;
    }

    private static int Order(TimelineItem left, TimelineItem right)
    {
        var byGeneration = left.Generation.CompareTo(right.Generation);
        return byGeneration != 0 ? byGeneration
            : left.Term != right.Term ? left.Term.CompareTo(right.Term)
            : left.Version.CompareTo(right.Version);
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] : text;
}
