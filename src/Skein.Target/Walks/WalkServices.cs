using Microsoft.Extensions.Logging;
using Skein.Core.Maps;
using Skein.Gateway.Ports;
using Skein.Target.Moves;

namespace Skein.Target.Walks;

/// <summary>What every job over a bucket works with.</summary>
internal sealed record WalkServices
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public required INodeFacts Facts { get; init; }

    public required IMetadataSource Metadata { get; init; }

    public required WalkNames Names { get; init; }

    public required WalkPeers Peers { get; init; }

    public required WalkFiles Files { get; init; }

    public required MoveState Moves { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>How long is borne what does not answer.</summary>
    public WalkPatience Patience { get; init; } = WalkPatience.Default;

    /// <summary>Waits, after a start of the target, until it is in the map of its cluster.</summary>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        while (!Metadata.Current.Document.Map.Targets.ContainsKey(Facts.Self.Id))
        {
            await Task.Delay(Poll, Time, cancellation).ConfigureAwait(false);
        }
    }
}
