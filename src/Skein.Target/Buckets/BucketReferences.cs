using System.Runtime.CompilerServices;
using Skein.Core.Buckets;
using Skein.Core.Config.Sections;
using Skein.Storage.Objects;

namespace Skein.Target.Buckets;

/// <summary>What the disks need to know of a bucket, made once per set of properties and forgotten with them.</summary>
public sealed class BucketReferences
{
    private readonly ConditionalWeakTable<BucketProps, BucketRef> _made = [];

    /// <summary>The reference of a bucket.</summary>
    public BucketRef Of(BucketName bucket, BucketProps props)
    {
        if (_made.TryGetValue(props, out var known) && known.Name == bucket)
        {
            return known;
        }
        var made = new BucketRef(
            bucket, props.BucketId, props.Checksum.Type, props.Versioning.Enabled, Durability(props.Durability.Ack));
        _made.AddOrUpdate(props, made);
        return made;
    }

    private static DurabilityPolicy Durability(DurabilityAck ack) => ack switch
    {
        DurabilityAck.PageCache => DurabilityPolicy.PageCache,
        DurabilityAck.Redundant => DurabilityPolicy.Redundant,
        _ => DurabilityPolicy.Disk,
    };
}
