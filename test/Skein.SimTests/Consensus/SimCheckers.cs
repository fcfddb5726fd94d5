using Skein.Cluster.Consensus;
using Skein.Core.Buckets;
using Skein.Core.Maps;

namespace Skein.SimTests.Consensus;

/// <summary>Watches everything that the simulated nodes do from outside, and knows what must never happen.</summary>
internal sealed class SimCheckers
{
    private readonly Dictionary<Epoch, string> _primaries = [];
    private readonly Dictionary<long, (DocumentStamp Stamp, string Hash, string By)> _committed = [];
    private readonly List<(string Bucket, long Version)> _acknowledged = [];

    public long MaxAcknowledged { get; private set; }

    public int Acknowledged => _acknowledged.Count;

    public int Elections => _primaries.Count;

    public void Observe(string node, ConsensusCore core, ConsensusOutput output)
    {
        if (output.Conflict is { } conflict)
        {
            throw new ViolationException($"conflict: {node}: {conflict}");
        }
        if (core.Role == ConsensusRole.Primary)
        {
            if (_primaries.TryGetValue(core.Epoch, out var other) && other != node)
            {
                throw new ViolationException($"one primary an epoch: {node} and {other} in {core.Epoch}");
            }
            _primaries[core.Epoch] = node;
            if (!node.StartsWith("proxy", StringComparison.Ordinal))
            {
                throw new ViolationException($"only electable proxies lead: {node}");
            }
        }
    }

    public void Published(string node, SealedDocument before, SealedDocument document)
    {
        if (document.Stamp <= before.Stamp)
        {
            throw new ViolationException($"versions only grow: {node} went from {before.Stamp} to {document.Stamp}");
        }
        var version = document.Stamp.Version;
        if (_committed.TryGetValue(version, out var known) && known.Hash != document.Hash)
        {
            throw new ViolationException(
                $"one document a version: {version} is {known.Stamp} by {known.By} and {document.Stamp} by {node}");
        }
        _committed[version] = (document.Stamp, document.Hash, node);
        foreach (var (bucket, at) in _acknowledged)
        {
            if (at <= version && document.Document.Buckets.Find(BucketName.Ais(bucket)) is null)
            {
                throw new ViolationException($"nothing committed is lost: {bucket} of {at} is not in {document.Stamp}");
            }
        }
    }

    /// <summary>A client was told that its bucket exists.</summary>
    public void Acknowledge(string bucket, long askedWhenAcknowledged, SealedDocument document)
    {
        var version = document.Stamp.Version;
        if (document.Document.Buckets.Find(BucketName.Ais(bucket)) is null)
        {
            throw new ViolationException($"an answer tells the truth: {bucket} is not in {document.Stamp}");
        }
        if (version < askedWhenAcknowledged)
        {
            throw new ViolationException(
                $"control operations are linearizable: {bucket} in {version}, asked after {askedWhenAcknowledged} was answered");
        }
        _acknowledged.Add((bucket, version));
        MaxAcknowledged = Math.Max(MaxAcknowledged, version);
        if (_committed.TryGetValue(version, out var known) && known.Hash != document.Hash)
        {
            throw new ViolationException($"one document a version: answered {document.Stamp}, committed {known.Stamp}");
        }
    }
}
