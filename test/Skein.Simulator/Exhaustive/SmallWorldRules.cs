using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Core.Maps;

namespace Skein.Simulator.Exhaustive;

/// <summary>What is the same in all states of one search: how much may happen, and which document was made of which.</summary>
internal sealed class SmallWorldRules(ConsensusMutation mutation)
{
    private readonly Dictionary<string, HashSet<string>> _ancestors = new(StringComparer.Ordinal)
    {
        ["first"] = new(StringComparer.Ordinal),
    };

    /// <summary>Most crashes in one life of the world.</summary>
    public int Crashes { get; init; } = 1;

    /// <summary>Most changes that clients ask for.</summary>
    public int Proposals { get; init; } = 1;

    /// <summary>Most messages that arrive twice.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>All documents out of which one was made.</summary>
    public HashSet<string> Ancestors(string hash) => _ancestors[hash];

    /// <summary>Options of a node. A document made in the same way out of the same one has the same hash.</summary>
    public ConsensusOptions Options(Func<SealedDocument> parent) => new()
    {
        Mutation = mutation,
        Seal = document =>
        {
            var of = parent().Hash;
            var sum = new Fingerprint();
            sum.Add(of);
            sum.Add(document.Stamp.Term);
            sum.Add(document.Stamp.Version);
            sum.Add(document.LastChange.What);
            var hash = sum.Value.ToString("x16", CultureInfo.InvariantCulture);
            if (!_ancestors.ContainsKey(hash))
            {
                _ancestors.Add(hash, new HashSet<string>(_ancestors[of], StringComparer.Ordinal) { of });
            }
            return new SealedDocument(document, default, hash);
        },
    };
}
