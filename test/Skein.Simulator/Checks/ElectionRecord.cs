using Skein.Cluster.Consensus;
using Skein.Core.Maps;

namespace Skein.Simulator.Checks;

/// <summary>What was seen from outside of a node's part in elections, in its present life.</summary>
internal sealed class ElectionRecord
{
    /// <summary>World time when it last heard a primary of its own epoch.</summary>
    public long HeardPrimaryAt { get; set; } = long.MinValue / 2;

    /// <summary>Who granted a pre-vote for <see cref="GrantsFor"/>.</summary>
    public HashSet<string> Grants { get; } = new(StringComparer.Ordinal);

    public Epoch GrantsFor { get; set; }

    /// <summary>The node's epoch and role before the present step.</summary>
    public Epoch Epoch { get; set; }

    public ConsensusRole Role { get; set; }

    /// <summary>World time when it was last seen with a majority behind it, or had an excuse for being without.</summary>
    public long WithMajorityAt { get; set; }

    /// <summary>The newest document of its own epoch that it has under way.</summary>
    public DocumentStamp Accepted { get; set; }
}

/// <summary>What a node has said to others: after a restart it must know it still.</summary>
internal sealed class Promises
{
    public Epoch Epoch { get; set; }

    public string VotedFor { get; set; } = "";

    /// <summary>The newest document that it has said to hold while it was not known to be committed without it.</summary>
    public DocumentStamp Accepted { get; set; }
}
