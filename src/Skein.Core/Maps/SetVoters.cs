using System.Collections.Immutable;
using Skein.Core.Errors;

namespace Skein.Core.Maps;

/// <summary>Replaces the list of voters. The consensus refuses a change of more than one voter.</summary>
/// <param name="Voters">The voters; each a node of the map, at least one of them no witness.</param>
public sealed record SetVoters(ImmutableArray<VoterInfo> Voters) : ControlChange
{
    /// <summary>Most voters.</summary>
    public const int MaxVoters = 7;

    /// <inheritdoc/>
    public override string Describe() =>
        "voters are " + string.Join(", ", Voters.Select(voter => voter.Id + (voter.IsWitness ? " (witness)" : "")));

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        if (Voters.Length is 0 or > MaxVoters || Voters.All(voter => voter.IsWitness)
            || Voters.Select(voter => voter.Id).Distinct(StringComparer.Ordinal).Count() != Voters.Length)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"1 to {MaxVoters} different voters are needed, one of them electable");
        }
        var stranger = Voters.FirstOrDefault(voter =>
            current.Map.Find(voter.Id) is null && !current.Voters.Any(known => known.Id == voter.Id));
        if (stranger is not null)
        {
            // Taken out a moment ago, perhaps by a change that goes into the same document.
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"{stranger.Id} is not in the cluster map: nobody could reach its vote");
        }
        return Voters.SequenceEqual(current.Voters) ? current : current with { Voters = Voters };
    }
}
