using System.Runtime.CompilerServices;
using Skein.Core.Buckets;

namespace Skein.Storage.Objects;

/// <summary>Looks for objects in the files themselves.</summary>
internal static class DiskSearch
{
    /// <summary>Files that are looked at before others get a turn.</summary>
    private const int Chunk = 256;

    public static async IAsyncEnumerable<DiskObject> RunAsync(
        IReadOnlyList<StorageUnit> units,
        ObjectFinder finder,
        Func<BucketName, ulong, string, bool> match,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var seen = 0;
        foreach (var unit in units)
        {
            foreach (var folder in BucketTree.Folders(unit.Mountpath.Path))
            {
                foreach (var file in BucketTree.Files(folder))
                {
                    cancel.ThrowIfCancellationRequested();
                    if (++seen % Chunk == 0)
                    {
                        await Task.Yield();
                    }
                    using var found = finder.Open(unit.Disk, file);
                    if (found is not null
                        && (found.Header.Name ?? file[(folder.Objects.Length + 1)..]) is var name
                        && match(folder.Bucket, found.Header.BucketId, name))
                    {
                        yield return new DiskObject(
                            folder.Bucket, found.Header.BucketId, name, found.Header.Attributes, unit.Mountpath);
                    }
                }
            }
        }
    }
}
