using Skein.Core.Maps;
using Skein.Simulator.Checks;

namespace Skein.SimTests.Join;

/// <summary>A rule was broken in a simulated world.</summary>
internal sealed class BrokenRuleException(string message) : Exception(message);

/// <summary>What must hold at every moment of a world, and what must hold in the end.</summary>
internal sealed class JoinChecks(JoinWorld world)
{
    /// <summary>Questions that a node may ask in a quiet second: a short pause after each hint, and every round.</summary>
    private const int QuestionsPerSecond = 45;

    public void OnAsk(SimNode node, string url, bool isInFlight)
    {
        if (isInFlight)
        {
            throw Broken($"{node} asks {url} twice at a time");
        }
    }

    public void OnAdmitted(SimNode node, SealedDocument document)
    {
        if (document.Document.Map.Find(node.Info.Id) is null)
        {
            throw Broken($"{node} was admitted by a document that does not have it: {document.Stamp}");
        }
    }

    public void OnCommitted(SealedDocument before, SealedDocument next)
    {
        if (next.Stamp <= before.Stamp)
        {
            throw Broken($"the document after {before.Stamp} is {next.Stamp}");
        }
        if (next.Document.Map.Version < before.Document.Map.Version)
        {
            throw Broken($"the map went from version {before.Document.Map.Version} to {next.Document.Map.Version}");
        }
        if (ContactUrlRules.Violation(next.Document) is { } violation)
        {
            throw Broken(violation);
        }
        foreach (var node in next.Document.Map.AllNodes)
        {
            if (world.Nodes.Any(other => other.Conduct == NodeConduct.GivesWrongAddress && other.Info.Id == node.Id))
            {
                throw Broken($"{node.DisplayName} is in the map and cannot be reached");
            }
            if (before.Document.Map.Find(node.Id) is { } known && known.Incarnation != node.Incarnation
                && world.Nodes.Any(other => other.IsUp && other.Info.Incarnation == known.Incarnation))
            {
                throw Broken($"{node.DisplayName} was displaced by another node with its id while it was alive");
            }
        }
    }

    public void OnPublished(SimNode node, SealedDocument before, SealedDocument next)
    {
        if (before.Document.Exists && next.Document.Map.Version < before.Document.Map.Version)
        {
            throw Broken($"{node} went back from map {before.Document.Map.Version} to {next.Document.Map.Version}");
        }
    }

    /// <summary>Once faults have ended and the time that is needed has passed.</summary>
    public void AtTheEnd()
    {
        var newest = world.Primary1.Document;
        foreach (var node in world.WithAPath())
        {
            if (!node.IsIn)
            {
                throw Broken($"{node} is not in, though it has a way to the primary; it asks "
                    + string.Join(", ", node.Candidates()));
            }
            if (node.Document.Hash != newest.Hash)
            {
                throw Broken($"{node} holds {node.Document.Stamp}, the primary {newest.Stamp}");
            }
        }
    }

    /// <summary>Nodes that nobody lets in must not ask all the time.</summary>
    public void ThatNobodyIsRestless(IReadOnlyDictionary<SimNode, long> askedBefore, long milliseconds)
    {
        foreach (var node in world.Nodes)
        {
            var asked = node.Asked - askedBefore[node];
            if (asked > QuestionsPerSecond * milliseconds / 1000)
            {
                throw Broken($"{node} asked {asked} times in {milliseconds} ms");
            }
        }
    }

    private BrokenRuleException Broken(string what) => new($"at {world.Events.Now} ms: {what}");
}
