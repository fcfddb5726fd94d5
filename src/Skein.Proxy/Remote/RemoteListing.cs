using System.Text;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Remote;

/// <summary>
/// Lists remote buckets: a page as their home has it, and to each name what is stored of it here. What is only stored here
/// is listed where the client asks for that; a bucket of this cluster is listed as ever.
/// </summary>
internal sealed class RemoteListing(IObjectLister local, RemoteBuckets buckets) : IObjectLister
{
    public Task<ObjectPage> ListAsync(ListObjectsRequest request, CancellationToken cancellation)
    {
        var flags = (ListFlags)request.Message.Flags;
        return !request.Bucket.IsRemote || (flags & ListFlags.Cached) != 0
            ? local.ListAsync(request, cancellation)
            : ListRemoteAsync(request, flags, cancellation);
    }

    private async Task<ObjectPage> ListRemoteAsync(
        ListObjectsRequest request, ListFlags flags, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(request.Message.StartAfter) && request.Bucket.Provider != Providers.Ais)
        {
            throw new StoreException(
                StoreErrorCode.NotImplemented, $"cannot list {request.Bucket} with \"start_after\": not implemented");
        }
        var page = await buckets
            .ListObjectsAsync(request.Call, request.Bucket, AtHome(request.Message, flags), cancellation)
            .ConfigureAwait(false);
        var entries = page.Entries ?? [];
        var here = (flags & ListFlags.OnlyRemoteProps) != 0 || request.Props.BucketId == 0
            ? []
            : await HereAsync(request, entries, cancellation).ConfigureAwait(false);
        var merged = new List<ObjectPageEntry>(entries.Count);
        foreach (var entry in entries)
        {
            var isHere = here.Remove(entry.Name, out var cached);
            if (isHere && (flags & ListFlags.NotCached) != 0)
            {
                continue;
            }
            merged.Add(isHere
                ? Both(entry, cached, flags)
                : new ObjectPageEntry(NotHere(entry), default));
        }
        if ((flags & ListFlags.VersionChanged) != 0)
        {
            AddRemoved(merged, here.Values);
        }
        return new ObjectPage(merged, page.ContinuationToken, 0);
    }

    /// <summary>What its home is asked: everything that is there, and versions where they are to be compared.</summary>
    private static ListObjectsMessage AtHome(ListObjectsMessage message, ListFlags flags)
    {
        const ListFlags ForHome = ListFlags.NamesOnly | ListFlags.NameSize | ListFlags.NonRecursive | ListFlags.Archives;
        var compares = (flags & ListFlags.VersionChanged) != 0;
        return message with
        {
            Uuid = "",
            Target = "",
            Props = compares ? $"{message.Props},version,checksum,custom" : message.Props,
            Flags = (ulong)(flags & (compares ? ListFlags.NonRecursive : ForHome)),
        };
    }

    /// <summary>What is stored here of the names from the first to the last of a page.</summary>
    private async Task<SortedDictionary<string, ObjectPageEntry>> HereAsync(
        ListObjectsRequest request, IReadOnlyList<ListEntry> entries, CancellationToken cancellation)
    {
        var here = new SortedDictionary<string, ObjectPageEntry>(Utf8Order.Instance);
        if (entries.Count == 0)
        {
            return here;
        }
        var last = entries.Select(entry => entry.Name).Max(Utf8Order.Instance)!;
        var compares = (request.Message.Flags & (ulong)ListFlags.VersionChanged) != 0;
        var message = request.Message with
        {
            StartAfter = Before(entries.Select(entry => entry.Name).Min(Utf8Order.Instance)!),
            ContinuationToken = "",
            Flags = request.Message.Flags & (ulong)(ListFlags.NonRecursive | ListFlags.NamesOnly | ListFlags.NameSize),
            Props = compares ? $"{request.Message.Props},version,checksum" : request.Message.Props,
            // As many as the page has, and one to see that there are no more.
            PageSize = Math.Min(entries.Count + 1, ListObjectsMessage.MaxPageSize),
        };
        while (true)
        {
            var page = await local.ListAsync(request with { Message = message }, cancellation).ConfigureAwait(false);
            foreach (var entry in page.Entries)
            {
                if (Utf8Order.Instance.Compare(entry.Entry.Name, last) > 0)
                {
                    return here;
                }
                here[entry.Entry.Name] = entry;
            }
            if (page.NextToken.Length == 0)
            {
                return here;
            }
            message = message with { ContinuationToken = page.NextToken };
        }
    }

    private static ObjectPageEntry Both(ListEntry home, ObjectPageEntry cached, ListFlags flags)
    {
        var here = cached.Entry;
        var changed = (flags & ListFlags.VersionChanged) != 0 && Differ(home, here) ? ListEntry.VersionChangedFlag : 0;
        return cached with
        {
            Entry = home with
            {
                AccessTime = here.AccessTime,
                Location = here.Location,
                Copies = here.Copies,
                Flags = (ushort)(home.Flags & ~ListEntry.PresentFlag | here.Flags | changed),
            },
        };
    }

    /// <summary>Present at home says nothing about here; neither does when, where and how often it is stored there.</summary>
    private static ListEntry NotHere(ListEntry home) => home with
    {
        AccessTime = null,
        Location = null,
        Copies = 0,
        Flags = (ushort)(home.Flags & ~ListEntry.PresentFlag),
    };

    private static bool Differ(ListEntry home, ListEntry here) =>
        (home.Version is { Length: > 0 } && here.Version is { Length: > 0 } && home.Version != here.Version)
        || (home.Checksum is { } there && here.Checksum is { } local && there.Length == local.Length && there != local);

    /// <summary>Objects that are stored here and that their home no longer has.</summary>
    private static void AddRemoved(List<ObjectPageEntry> merged, IEnumerable<ObjectPageEntry> removed)
    {
        merged.AddRange(removed.Select(entry => entry with
        {
            Entry = entry.Entry with { Flags = (ushort)(entry.Entry.Flags | ListEntry.VersionRemovedFlag) },
        }));
        merged.Sort((one, other) => Utf8Order.Instance.Compare(one.SortKey, other.SortKey));
    }

    /// <summary>A name that comes right before another: nothing that anybody uses lies between.</summary>
    private static string Before(string name)
    {
        if (Rune.DecodeLastFromUtf16(name, out var last, out var consumed) != System.Buffers.OperationStatus.Done
            || last.Value == 0)
        {
            return name[..^Math.Max(consumed, 1)];
        }
        var previous = last.Value == 0xE000 ? 0xD7FF : last.Value - 1;
        return string.Concat(name.AsSpan(0, name.Length - consumed), new Rune(previous).ToString(), "\U0010FFFF");
    }
}
