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
    private readonly LeaseDesk _desk = new();

    private long Now => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    private LeadStatus Lead
    {
        get
        {
            var status = owner.Status;
            return new LeadStatus(status.IsEstablished, status.Epoch, (long)owner.QuorumAge.TotalMilliseconds);
        }
    }

    /// <summary>A target asks with its keepalive.</summary>
    /// <param name="target">Id of the target.</param>
    /// <param name="tag">The document that it holds.</param>
    /// <param name="floor">The floor that it knows.</param>
    public LeaseGrant Ask(string target, DocumentTag tag, long floor)
    {
        lock (_gate)
        {
            return _desk.Ask(owner.Current.Document, Lead, target, tag, floor, held, Now);
        }
    }

    /// <summary>Milliseconds for which the target may still hold a lease, as far as this primary knows.</summary>
    public long Remaining(string target)
    {
        lock (_gate)
        {
            return _desk.Remaining(owner.Current.Document, Lead, target, Now);
        }
    }
}
