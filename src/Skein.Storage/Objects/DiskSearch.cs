using System.Runtime.CompilerServices;
using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Storage.Objects;

/// <summary>Looks for objects in the files themselves.</summary>
internal static class DiskSearch
{
    /// <summary>Files that are looked at before others get a turn.</summary>
    private const int Chunk = 256;

    public static async IAsyncEnumerable<DiskObject> RunAsync(
        StoreCore store,
        Func<BucketName, ulong, string, bool> match,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var seen = 0;
        var view = store.Mountpaths.View;
        if (view.Missing is [var missing, ..])
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"mountpath {missing.Path} cannot be searched, it is out of service: {missing.Reason}");
        }
        foreach (var unit in StoreCore.Units(view))
        {
            store.ThrowIfGone(unit);
            foreach (var folder in BucketTree.Folders(unit.Mountpath.Path))
            {
                foreach (var file in BucketTree.Files(folder))
                {
                    cancel.ThrowIfCancellationRequested();
                    if (++seen % Chunk == 0)
                    {
                        await Task.Yield();
                    }
                    using var found = store.Finder.Open(unit.Disk, file);
                    if (found is not null
                        && (found.Header.Name ?? file[(folder.Objects.Length + 1)..]) is var name
                        && match(folder.Bucket, found.Header.BucketId, name))
                    {
                        yield return new DiskObject(
                            folder.Bucket, found.Header.BucketId, name, found.Header.Attributes, unit.Mountpath);
                    }
                }
            }
            store.ThrowIfGone(unit);
        }
        if (store.Mountpaths.View != view)
        {
            throw new StoreException(StoreErrorCode.NotReady, "the mountpaths changed during the search; search again");
        }
    }
}
