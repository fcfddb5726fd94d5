using Skein.Core.Archives;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Buckets;

namespace Skein.Target.Archives;

/// <summary>
/// A page of this target's objects with the files in its archives, each right after its archive in order of names. What
/// cannot be read as the archive that its name promises is listed as any other object. A token may point into an archive,
/// which is then read anew; at most a page of names is in memory.
/// </summary>
internal sealed class ListArchives(ObjectStore store, BucketRef bucket, ListObjectsRequest request, ListObjects objects)
{
    private readonly int _limit = (int)request.Message.PageSize;
    private readonly bool _hasSizes = (ListPropsWords.Parse(request.Message.Props) & ListProps.Size) != 0;
    private readonly List<ObjectPageEntry> _entries = [];
    private string _token = "";

    /// <summary>Makes the page.</summary>
    public async Task<ObjectPage> RunAsync(CancellationToken cancellation)
    {
        var after = ListObjects.StartAfter(request.Message);
        var end = after.IndexOf(ObjectPageEntry.ShardEnd, StringComparison.Ordinal);
        if (end >= 0)
        {
            var shard = after[..end];
            if (!await AddMembersAsync(shard, after[(end + 1)..], cancellation).ConfigureAwait(false))
            {
                return Page(_token);
            }
            if (_entries.Count == _limit)
            {
                return Page(_entries[^1].SortKey);
            }
            after = shard;
        }
        while (true)
        {
            var page = await objects.PageAsync(request, after, _limit - _entries.Count, cancellation).ConfigureAwait(false);
            for (var i = 0; i < page.Entries.Count; i++)
            {
                if (!await AddAsync(page.Entries[i], cancellation).ConfigureAwait(false))
                {
                    return Page(_token);
                }
                if (_entries.Count == _limit && (i + 1 < page.Entries.Count || page.NextToken.Length != 0))
                {
                    return Page(_entries[^1].SortKey);
                }
            }
            if (page.NextToken.Length == 0)
            {
                return Page("");
            }
            after = page.NextToken;
        }
    }

    private ObjectPage Page(string token) => new(_entries, token, 0);

    /// <summary>Adds an object and what is in it; false when the page is full before the end of the archive.</summary>
    private async ValueTask<bool> AddAsync(ObjectPageEntry item, CancellationToken cancellation)
    {
        var name = item.Entry.Name;
        if ((item.Entry.Flags & ListEntry.DirectoryFlag) != 0 || ArchiveFormats.OfName(name) is null)
        {
            _entries.Add(item);
            return true;
        }
        var index = _entries.Count;
        _entries.Add(item with { ShardLength = name.Length });
        return await AddMembersAsync(name, "", cancellation, index).ConfigureAwait(false);
    }

    /// <summary>
    /// Adds the files of an archive with names greater than the given one; false, with the token set, when there are more
    /// than fit on the page.
    /// </summary>
    private async ValueTask<bool> AddMembersAsync(
        string shard, string after, CancellationToken cancellation, int shardIndex = -1)
    {
        using var handle = await store.OpenReadAsync(bucket, shard, cancellation).ConfigureAwait(false);
        if (handle is null)
        {
            return true;
        }
        var room = _limit - _entries.Count;
        var members = await ReadAsync(shard, after, room + 1, handle, cancellation).ConfigureAwait(false);
        if (members is null)
        {
            return true;
        }
        var stamp = handle.Attributes.Stamp;
        if (shardIndex >= 0)
        {
            var found = _entries[shardIndex];
            _entries[shardIndex] = found with
            {
                Entry = found.Entry with { Flags = (ushort)(found.Entry.Flags | ListEntry.ArchiveFlag) },
                Stamp = stamp,
            };
        }
        foreach (var (name, size) in members.Take(room))
        {
            var entry = new ListEntry
            {
                Name = $"{shard}/{name}",
                Size = _hasSizes ? size : 0,
                Flags = ListEntry.PresentFlag | ListEntry.InArchiveFlag | ListEntry.ArchiveFlag,
            };
            _entries.Add(new ObjectPageEntry(entry, stamp) { ShardLength = shard.Length });
        }
        if (members.Count <= room)
        {
            return true;
        }
        _token = room == 0 ? $"{shard}{ObjectPageEntry.ShardEnd}{after}" : _entries[^1].SortKey;
        return false;
    }

    /// <summary>The least names after the given one, in order, with sizes; null when it is no archive.</summary>
    private static async ValueTask<IReadOnlyList<(string Name, long Size)>?> ReadAsync(
        string shard, string after, int most, ObjectHandle handle, CancellationToken cancellation)
    {
        var names = new SortedSet<string>(Utf8Order.Instance);
        var sizes = new Dictionary<string, long>();
        try
        {
            var reader = await ArchiveReader
                .OpenAsync(
                    ArchiveFormats.OfName(shard) ?? ArchiveFormat.Tar,
                    new FileWindow(handle.File, 0, handle.Attributes.Size),
                    cancellation)
                .ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } member)
                {
                    var name = member.Name;
                    if (Utf8Order.Instance.Compare(name, after) <= 0
                        || (names.Count == most && Utf8Order.Instance.Compare(name, names.Max!) >= 0)
                        || !names.Add(name)) // of several with one name the first counts
                    {
                        continue;
                    }
                    sizes[name] = member.Size;
                    if (names.Count > most)
                    {
                        var greatest = names.Max!;
                        names.Remove(greatest);
                        sizes.Remove(greatest);
                    }
                }
            }
            return [.. names.Select(name => (name, sizes[name]))];
        }
        catch (Exception error) when (ArchiveReader.IsBroken(error))
        {
            return null;
        }
    }
}
