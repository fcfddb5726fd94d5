using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Gateway.Ports;

namespace Skein.UnitTests.Gateway;

/// <summary>One document for a whole cluster in one process; nodes may be told to lag behind.</summary>
internal sealed class FakeCluster
{
    private readonly Lock _lock = new();
    private readonly List<FakeMetadata> _nodes = [];

    public SealedDocument Newest { get; private set; } = ControlDocumentCodec.Seal(ControlDocument.Empty);

    public FakeMetadata Join()
    {
        var metadata = new FakeMetadata(this);
        lock (_lock)
        {
            _nodes.Add(metadata);
        }
        return metadata;
    }

    /// <summary>Makes the next document; nodes that do not lag have it at once.</summary>
    public SealedDocument Change(Func<ControlDocument, ControlDocument> change)
    {
        lock (_lock)
        {
            var next = change(Newest.Document);
            Newest = ControlDocumentCodec.Seal(
                next with { Stamp = new DocumentStamp(0, 1, Newest.Stamp.Version + 1) });
            foreach (var node in _nodes.Where(node => !node.Lags))
            {
                node.Take(Newest);
            }
            return Newest;
        }
    }
}

/// <summary>What one node of a <see cref="FakeCluster"/> knows.</summary>
internal sealed class FakeMetadata(FakeCluster cluster) : IMetadataSource
{
    private volatile SealedDocument _current = SealedDocument.None;

    public SealedDocument Current => _current;

    public bool Lags { get; set; }

    public Action<SealedDocument>? OnDocument { get; set; }

    public FakeCluster Cluster => cluster;

    public void Take(SealedDocument document)
    {
        _current = document;
        OnDocument?.Invoke(document);
    }
}

/// <summary>The control plane of one node: commits at once, catches up at once.</summary>
internal sealed class FakeControlPlane(FakeMetadata metadata, Func<NodeInfo> self) : IControlPlane
{
    public bool IsPrimary => metadata.Current.Document.Map.PrimaryId == self().Id;

    public NodeInfo? Primary => metadata.Current.Document.Map.Primary;

    public bool HearsPrimary => true;

    public int CatchUps { get; private set; }

    /// <summary>True for a node that cannot reach anyone.</summary>
    public bool IsCutOff { get; set; }

    public Task<SealedDocument> ProposeAsync(
        ControlChange change, string who, string why, CancellationToken cancellation) => IsPrimary
            ? Task.FromResult(metadata.Cluster.Change(change.Apply))
            : throw new StoreException(StoreErrorCode.NotReady, "not the primary");

    public async Task CatchUpAsync(DocumentStamp atLeast, CancellationToken cancellation)
    {
        CatchUps++;
        if (IsCutOff)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
        if (metadata.Cluster.Newest.Stamp > metadata.Current.Stamp)
        {
            metadata.Take(metadata.Cluster.Newest);
        }
    }
}
