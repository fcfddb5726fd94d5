using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Storage.Objects;

/// <summary>Walks what lies on a mountpath, in no order. Used after failures and at the start only.</summary>
internal static class BucketTree
{
    /// <summary>Everything but symbolic links, which are never ours.</summary>
    private static readonly EnumerationOptions NoLinks = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>The folders of all buckets. Folders that name no bucket are passed over.</summary>
    public static IEnumerable<BucketFolder> Folders(string mountpath)
    {
        foreach (var provider in Subfolders(mountpath).Where(f => f.StartsWith('@')))
        {
            foreach (var entry in Subfolders($"{mountpath}/{provider}"))
            {
                if (!entry.StartsWith('@'))
                {
                    if (Parse(mountpath, provider, "", entry) is { } bucket)
                    {
                        yield return bucket;
                    }
                    continue;
                }
                foreach (var name in Subfolders($"{mountpath}/{provider}/{entry}"))
                {
                    if (Parse(mountpath, provider, entry, name) is { } bucket)
                    {
                        yield return bucket;
                    }
                }
            }
        }
    }

    /// <summary>
    /// Whole paths of all files that may be objects of a bucket. Folders that vanish meanwhile are passed over.
    /// </summary>
    public static IEnumerable<string> Files(BucketFolder bucket)
    {
        var pending = new Stack<string>();
        pending.Push(bucket.Objects);
        while (pending.TryPop(out var folder))
        {
            IEnumerable<string> files;
            try
            {
                foreach (var below in Directory.EnumerateDirectories(folder, "*", NoLinks))
                {
                    pending.Push(below);
                }
                files = Directory.EnumerateFiles(folder, "*", NoLinks);
            }
            catch (DirectoryNotFoundException)
            {
                continue;
            }
            foreach (var file in files)
            {
                yield return file;
            }
        }
    }

    private static BucketFolder? Parse(string mountpath, string provider, string ns, string name)
    {
        try
        {
            var bucket = new BucketFolder(mountpath, BucketName.Parse(name, provider[1..], ns));
            return Directory.Exists(bucket.Objects) ? bucket : null;
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Subfolders(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, "*", NoLinks).Select(f => Path.GetFileName(f))
            : [];
}
