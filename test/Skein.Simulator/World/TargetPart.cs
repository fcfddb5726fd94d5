using Microsoft.Extensions.Logging.Abstractions;
using Skein.Cluster.Leases;
using Skein.Cluster.Metadata;
using Skein.Core.Maps;

namespace Skein.Simulator.World;

/// <summary>What a node has in memory for writes of objects: the production lease and the production gate.</summary>
internal sealed class TargetPart
{
    private readonly MetadataFeed _feed = new(NullLogger<MetadataFeed>.Instance);

    public TargetPart(SimWorld world, SimNode node)
    {
        var time = new SimTime(world, node);
        Lease = new WriteLease(time);
        Gate = new WriteGate(node.Id, _feed, Lease, static () => { }, time) { Mutation = world.Variant.Lease };
    }

    public WriteLease Lease { get; }

    public WriteGate Gate { get; }

    public void Publish(SealedDocument document) => _feed.Publish(document);
}
