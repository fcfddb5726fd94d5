using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Ports;
using Skein.Storage.Listing;
using Skein.Storage.Objects;
using Skein.Target.Archives;
using Skein.Target.Objects;
using Entry = Skein.Core.Wire.ListEntry;

namespace Skein.Target.Buckets;

/// <summary>Lists what this target has of a bucket, from the listing indexes of its mountpaths.</summary>
internal sealed class ListObjects(ObjectStore store, BucketReferences buckets, INodeFacts facts) : IObjectLister
{
    public Task<ObjectPage> ListAsync(ListObjectsRequest request, CancellationToken cancellation)
    {
        var message = request.Message;
        return ((ListFlags)message.Flags & ListFlags.Archives) != 0
            ? new ListArchives(store, buckets.Of(request.Bucket, request.Props), request, this).RunAsync(cancellation)
            : PageAsync(request, StartAfter(message), (int)message.PageSize, cancellation);
    }

    /// <summary>A page of objects alone.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="startAfter">Names that come after this.</param>
    /// <param name="limit">Entries at most.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ObjectPage> PageAsync(
        ListObjectsRequest request, string startAfter, int limit, CancellationToken cancellation)
    {
        var message = request.Message;
        var props = ListPropsWords.Parse(message.Props);
        var query = new ListQuery
        {
            Prefix = message.Prefix ?? "",
            StartAfter = startAfter,
            Limit = limit,
            NonRecursive = ((ListFlags)message.Flags & ListFlags.NonRecursive) != 0,
            Fields = ((ListFlags)message.Flags & ListFlags.Archives) != 0
                ? Fields(props) | ListFields.Size // so that the stamp comes along
                : Fields(props),
        };
        var page = await store
            .ListAsync(buckets.Of(request.Bucket, request.Props), query, cancellation)
            .ConfigureAwait(false);
        var entries = new ObjectPageEntry[page.Entries.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = Convert(page.Entries[i], props, message.TimeFormat);
        }
        return new ObjectPage(entries, page.NextToken, 0);
    }

    /// <summary>Where a page begins.</summary>
    public static string StartAfter(ListObjectsMessage message) =>
        !string.IsNullOrEmpty(message.ContinuationToken) ? message.ContinuationToken : message.StartAfter ?? "";

    private static ListFields Fields(ListProps props)
    {
        var fields = ListFields.None;
        fields |= (props & ListProps.Size) != 0 ? ListFields.Size : ListFields.None;
        fields |= (props & ListProps.Checksum) != 0 ? ListFields.Checksum : ListFields.None;
        fields |= (props & ListProps.Version) != 0 ? ListFields.Version : ListFields.None;
        fields |= (props & ListProps.AccessTime) != 0 ? ListFields.AccessTime : ListFields.None;
        fields |= (props & ListProps.Custom) != 0 ? ListFields.Custom : ListFields.None;
        return fields;
    }

    private ObjectPageEntry Convert(Storage.Listing.ListEntry listed, ListProps props, string? timeFormat)
    {
        if (listed.IsFolder)
        {
            return new ObjectPageEntry(new Entry { Name = listed.Name, Flags = Entry.DirectoryFlag }, default);
        }
        var attributes = listed.Attributes;
        var entry = new Entry
        {
            Name = listed.Name,
            Flags = Entry.PresentFlag,
            Copies = (short)((props & ListProps.Copies) != 0 ? 1 : 0),
            Location = (props & ListProps.Location) != 0 ? Locations.Of(facts.Self, listed.Mountpath) : null,
        };
        return attributes is null
            ? new ObjectPageEntry(entry, default)
            : new ObjectPageEntry(WithAttributes(entry, attributes, props, timeFormat), attributes.Stamp);
    }

    private static Entry WithAttributes(Entry entry, ObjectAttributes attributes, ListProps props, string? timeFormat) =>
        entry with
        {
            Size = (props & ListProps.Size) != 0 ? attributes.Size : 0,
            Checksum = (props & ListProps.Checksum) != 0 ? NullIfEmpty(attributes.Checksum.Value) : null,
            Version = (props & ListProps.Version) != 0 ? NullIfEmpty(attributes.Version) : null,
            AccessTime = (props & ListProps.AccessTime) != 0
                ? GoTimeLayout.Print(attributes.AccessTime, timeFormat)
                : null,
            Custom = (props & ListProps.Custom) != 0 && attributes.Custom.Count != 0
                ? string.Join(", ", attributes.Custom.Select(pair => $"{pair.Key}:{pair.Value}"))
                : null,
        };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
