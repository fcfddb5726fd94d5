using System.Collections.Concurrent;

namespace Skein.Cluster.Membership;

/// <summary>The primary's memory of when it last heard of each node, since it leads.</summary>
/// <param name="time">Clock; only its monotonic reading is used.</param>
public sealed class KeepAliveTracker(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _last = new(StringComparer.Ordinal);

    /// <summary>A node was heard of.</summary>
    public void Heard(string nodeId) => _last[nodeId] = time.GetTimestamp();

    /// <summary>Somebody else leads: what was heard before says nothing about who lives when this node leads again.</summary>
    public void Forget() => _last.Clear();

    /// <summary>Time since a node was last heard of; null when it never was.</summary>
    public TimeSpan? SinceHeard(string nodeId) =>
        _last.TryGetValue(nodeId, out var at) ? time.GetElapsedTime(at) : null;

    /// <summary>For how long nothing was heard of a node, as far as this node can tell.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="atMost">For how long this node leads: it has not listened longer.</param>
    public TimeSpan SilentFor(string nodeId, TimeSpan atMost) =>
        SinceHeard(nodeId) is { } heard && heard < atMost ? heard : atMost;
}
