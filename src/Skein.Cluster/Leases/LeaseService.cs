using Skein.Cluster.Consensus;
using Skein.Cluster.Metadata;
using Skein.Cluster.Metasync;
using Skein.Core.Maps;

namespace Skein.Cluster.Leases;

/// <summary>Grants leases while this node leads and a majority follows it. Thread-safe.</summary>
/// <param name="owner">Present document, and who leads.</param>
/// <param name="held">The newest document that a node is known to hold.</param>
/// <param name="time">Clock.</param>
public sealed class LeaseService(MetadataOwner owner, Func<string, DocumentStamp> held, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly LeaseBook _book = new();
    private Epoch _reign;

    private long Now => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>A target asks with its keepalive.</summary>
    /// <param name="target">Id of the target.</param>
    /// <param name="tag">The document that it holds.</param>
    /// <param name="floor">The floor that it knows.</param>
    public LeaseGrant Ask(string target, DocumentTag tag, long floor)
    {
        lock (_gate)
        {
            var document = owner.Current.Document;
            if (!Enter(document) || tag.Uuid != document.Uuid || tag.Stamp.Generation != document.Stamp.Generation)
            {
                return LeaseGrant.None;
            }
            _book.Learn(floor);
            return _book.Ask(document, target, tag.Stamp.Version, Now, Times(document), HeldVersion(document));
        }
    }

    /// <summary>Milliseconds for which the target may still hold a lease, as far as this primary knows.</summary>
    public long Remaining(string target)
    {
        lock (_gate)
        {
            return Enter(owner.Current.Document) ? _book.Remaining(target, Now) : 0;
        }
    }

    /// <summary>True when this node leads and surely was not deposed for longer than a lease accounts for.</summary>
    private bool Enter(ControlDocument document)
    {
        var status = owner.Status;
        if (!status.IsEstablished || owner.QuorumAge >= document.Config.Skein.ElectionTimeoutMin)
        {
            return false;
        }
        if (status.Epoch != _reign)
        {
            _reign = status.Epoch;
            _book.Lead(Now, Times(document));
        }
        return true;
    }

    private Func<string, long> HeldVersion(ControlDocument document) =>
        id => held(id) is var stamp && stamp.Generation == document.Stamp.Generation ? stamp.Version : 0;

    private static LeaseTimes Times(ControlDocument document) => new(
        (long)document.Config.Skein.Lease.TotalMilliseconds,
        (long)document.Config.Skein.ElectionTimeoutMin.TotalMilliseconds);
}
