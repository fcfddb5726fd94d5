using Skein.Cluster.Consensus;
using Skein.Core.Maps;

namespace Skein.Simulator.Transcripts;

/// <summary>A core before a step, so that what the step changed can be told.</summary>
internal sealed class StepSnapshot(ConsensusCore core)
{
    private readonly ConsensusRole _role = core.Role;
    private readonly ConsensusState _state = core.State;
    private readonly bool _established = core.IsEstablished;
    private readonly string _primary = core.PrimaryId;

    /// <summary>What changed and what is sent, in words; empty for a step that only keeps things going.</summary>
    public List<string> Effects(ConsensusCore core, ConsensusOutput output)
    {
        var effects = new List<string>();
        var state = core.State;
        if (core.Role != _role)
        {
            effects.Add($"is {MessageText.Of(core.Role)} now, in epoch {core.Epoch}");
        }
        if (state.Epoch != _state.Epoch || state.VotedFor != _state.VotedFor)
        {
            effects.Add(state.VotedFor.Length == 0
                ? $"writes to disk: epoch {state.Epoch}, no vote yet"
                : $"writes to disk: epoch {state.Epoch}, vote for {state.VotedFor}");
        }
        if (state.Accepted.Stamp != _state.Accepted.Stamp)
        {
            effects.Add($"writes to disk: accepted document {MessageText.Of(state.Accepted)}");
        }
        if (state.Committed.Stamp != _state.Committed.Stamp)
        {
            effects.Add($"document {state.Committed.Stamp} is committed: written to disk and published");
        }
        if (core.IsEstablished && !_established)
        {
            effects.Add("may take changes now");
        }
        if (core.PrimaryId != _primary && core.Role == ConsensusRole.Follower)
        {
            effects.Add(core.PrimaryId.Length == 0 ? "knows no primary now" : $"follows {core.PrimaryId} now");
        }
        foreach (var group in output.Messages
            .Where(message => effects.Count != 0 || !MessageText.IsRoutine(message.Message))
            .GroupBy(message => MessageText.Of(message.Message)))
        {
            effects.Add($"to {string.Join(", ", group.Select(message => message.To))}: {group.Key}");
        }
        effects.AddRange(output.Outcomes.Select(outcome => outcome.Document is { } document
            ? $"answers request {outcome.Id}: done with {document.Stamp}"
            : $"answers request {outcome.Id}: {outcome.Error!.Message}"));
        if (output.Conflict is { } conflict)
        {
            effects.Add($"CONFLICT: {conflict}");
        }
        return effects;
    }
}
