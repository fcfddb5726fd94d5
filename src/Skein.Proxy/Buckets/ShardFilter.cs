using Skein.Core.Objects;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Buckets;

/// <summary>
/// Of the files in an archive keeps those of the newest copy: an older one, on another target, may have files that were not
/// taken over.
/// </summary>
internal sealed class ShardFilter
{
    private string _shard = "";
    private WriteStamp _newest;

    /// <summary>True to list the entry. Ask for every entry of a page, in their order.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="sources">Where the targets' listings are.</param>
    public bool Keeps(ObjectPageEntry entry, IReadOnlyList<TargetListing> sources)
    {
        if (entry.ShardLength == 0)
        {
            return true;
        }
        if (!entry.IsMember)
        {
            (_shard, _newest) = (entry.Entry.Name, entry.Stamp);
            return true;
        }
        var shard = entry.ObjectName;
        if (shard != _shard)
        {
            // The page begins inside the archive.
            (_shard, _newest) = (shard, entry.Stamp);
            foreach (var source in sources)
            {
                if (!source.IsPieceUsed && source.Current.IsMember && source.Current.ObjectName == shard
                    && source.Current.Stamp > _newest)
                {
                    _newest = source.Current.Stamp;
                }
            }
        }
        return entry.Stamp >= _newest;
    }
}
