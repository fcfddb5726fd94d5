using Skein.Cluster.Consensus;
using Skein.Core.Maps;
using Skein.Simulator.World;

namespace Skein.Simulator.Checks;

/// <summary>Watches everything that the simulated nodes do from outside, and knows what must never happen.</summary>
internal sealed class SafetyChecks
{
    private readonly Dictionary<Epoch, (string Node, long Time)> _primaries = [];
    private readonly Dictionary<string, (string Parent, DocumentStamp Stamp)> _made = new(StringComparer.Ordinal);
    private readonly HashSet<(Epoch Epoch, string Id, string Incarnation)> _votes = [];
    private readonly SortedDictionary<long, CommittedLine> _lines = new() { [1] = new CommittedLine() };
    private readonly Dictionary<(string Id, string Incarnation), DocumentStamp> _stored = [];

    /// <summary>How many documents were committed.</summary>
    public int Commits => _lines.Values.Sum(line => line.Count);

    /// <summary>How many epochs had a primary.</summary>
    public int Elections => _primaries.Count;

    /// <summary>The newest committed document.</summary>
    public SealedDocument Newest { get; private set; } = SealedDocument.None;

    /// <summary>The first that led in a later epoch, and since when; null when there was none.</summary>
    public (string Node, long Time)? DeposedSince(Epoch epoch)
    {
        (string Node, long Time)? first = null;
        foreach (var (other, primary) in _primaries)
        {
            if (other > epoch && (first is null || primary.Time < first.Value.Time))
            {
                first = primary;
            }
        }
        return first;
    }

    /// <summary>A node has made a document out of another.</summary>
    public void Made(SealedDocument document, SealedDocument parent) =>
        _made[document.Hash] = (parent.Hash, document.Stamp);

    /// <summary>The first document of all.</summary>
    public void Formed(SealedDocument document)
    {
        LineOf(document.Stamp).Add("the founder", document.Stamp, document.Hash);
        Newest = document;
    }

    public bool IsCommitted(DocumentStamp stamp) => LineOf(stamp).Find(stamp.Version)?.Stamp == stamp;

    /// <summary>
    /// A node was forced to lead. Its line goes on from the newest committed document that some node that could be asked
    /// had; what was committed later in the generation before is lost, as it was said. Who is forced again to an earlier epoch
    /// of the same generation was killed before the later one was on its disk: nobody ever led in that.
    /// </summary>
    public void Forced(string node, SealedDocument document, IEnumerable<SealedDocument> held)
    {
        var generation = document.Stamp.Generation;
        var epoch = new Epoch(generation, document.Stamp.Term);
        foreach (var lost in _primaries.Where(
            led => led.Value.Node == node && led.Key.Generation == generation && led.Key > epoch).ToList())
        {
            _primaries.Remove(lost.Key);
        }
        if (_lines.TryGetValue(generation, out var line) && line.HasGeneration(generation))
        {
            return; // no new generation: then nothing may be lost either
        }
        var ancestors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in held)
        {
            for (var hash = one.Hash; ancestors.Add(hash) && _made.TryGetValue(hash, out var made); hash = made.Parent)
            {
                // On to the one that it was made out of.
            }
        }
        _lines[generation] = _lines[_lines.Keys.Last(known => known < generation)].Until(ancestors);
    }

    /// <summary>A node that knows of a later generation than its document is of has no part in elections.</summary>
    private static void MustKeepOut(SimNode node, ConsensusCore core, ConsensusOutput output)
    {
        if (core.Accepted.Stamp.Generation >= core.Epoch.Generation)
        {
            return;
        }
        if (core.Role != ConsensusRole.Follower || output.Messages.Any(sent => sent.Message is
            PreVoteReply { Granted: true } or VoteReply { Granted: true } or PreVoteRequest or VoteRequest))
        {
            throw new ViolationException(
                "fenced nodes neither stand nor vote",
                $"{node.Id} knows of {core.Epoch}, holds {core.Accepted.Stamp}, and stands or votes");
        }
    }

    /// <summary>Who hears of a later generation leads no earlier one.</summary>
    public static void Heard(SimNode node, long generation)
    {
        if (node.Core is { } core && core.Epoch.Generation < generation)
        {
            throw new ViolationException(
                "everybody follows the latest generation", $"{node.Id} heard of {generation} and stays in {core.Epoch}");
        }
    }

    /// <summary>A node has taken a step.</summary>
    public void Stepped(SimNode node, ConsensusCore core, ConsensusOutput output, long now)
    {
        if (output.Conflict is { } conflict)
        {
            throw new ViolationException("one document a stamp", $"{node.Id}: {conflict}");
        }
        MustKeepOut(node, core, output);
        foreach (var (_, message) in output.Messages)
        {
            if (message is VoteReply { Granted: true } vote)
            {
                _votes.Add((vote.Epoch, vote.From, vote.Incarnation));
            }
        }
        if (core.Role != ConsensusRole.Primary)
        {
            return;
        }
        if (_primaries.TryGetValue(core.Epoch, out var other))
        {
            if (other.Node != node.Id)
            {
                throw new ViolationException("one primary an epoch", $"{node.Id} and {other.Node} lead in {core.Epoch}");
            }
            return;
        }
        _primaries.Add(core.Epoch, (node.Id, now));
        MustBeElected(node, core);
        if (!core.Accepted.Document.Map.Proxies.TryGetValue(node.Id, out var known) || !known.IsElectable)
        {
            throw new ViolationException("only electable proxies lead", $"{node.Id} leads in {core.Epoch}");
        }
    }

    /// <summary>Who leads is a voter of its document and was given votes by a majority of them, its own among them.</summary>
    private void MustBeElected(SimNode node, ConsensusCore core)
    {
        var voters = core.Accepted.Document.Voters;
        var votes = voters.Count(voter => voter.Id == node.Id
            ? voter.Incarnation == node.Info.Incarnation
            : _votes.Contains((core.Epoch, voter.Id, voter.Incarnation)));
        if (!voters.Any(voter => voter.Id == node.Id && voter.Incarnation == node.Info.Incarnation))
        {
            throw new ViolationException(
                "only voters lead",
                $"{node.Id} leads in {core.Epoch}; {string.Join(", ", voters.Select(voter => voter.Id))} vote");
        }
        if (votes <= voters.Length / 2)
        {
            throw new ViolationException(
                "elected by a majority of the voters",
                $"{node.Id} leads in {core.Epoch} by {votes} votes of {string.Join(", ", voters.Select(voter => voter.Id))}");
        }
    }

    /// <summary>A node has a document on its disk.</summary>
    public void Stored(SimNode node, DocumentStamp accepted) => _stored[(node.Id, node.Info.Incarnation)] = accepted;

    /// <summary>A node has published a document: it takes it for committed.</summary>
    public void Published(SimNode node, SealedDocument before, SealedDocument document)
    {
        if (node.Core!.Role == ConsensusRole.Primary)
        {
            MustBeStoredByMajority(node, document);
        }
        if (document.Stamp <= before.Stamp || document.Stamp.Version <= before.Stamp.Version)
        {
            throw new ViolationException("versions only grow", $"{node.Id} went from {before.Stamp} to {document.Stamp}");
        }
        Committed(node.Id, document);
    }

    /// <summary>
    /// Somebody was told that a change is made: the document that holds it is committed, and on the line of all others.
    /// </summary>
    public void Acknowledged(SimNode node, SealedDocument document)
    {
        if (document.Stamp > node.Core!.Committed.Stamp)
        {
            throw new ViolationException(
                "answers are true",
                $"{node.Id} answers with {document.Stamp}; it knows {node.Core.Committed.Stamp} as committed");
        }
        Committed(node.Id, document);
    }

    /// <summary>A node has started: it must know what it said.</summary>
    public static void Started(SimNode node, ConsensusState loaded)
    {
        var said = node.Promises;
        if (loaded.Epoch < said.Epoch
            || (loaded.Epoch == said.Epoch && said.VotedFor.Length != 0 && loaded.VotedFor != said.VotedFor))
        {
            throw new ViolationException(
                "nothing promised is forgotten",
                $"{node.Id} said epoch {said.Epoch}, vote \"{said.VotedFor}\"; "
                    + $"its disk says {loaded.Epoch}, \"{loaded.VotedFor}\"");
        }
        if (loaded.Accepted.Stamp < said.Accepted)
        {
            throw new ViolationException(
                "nothing promised is forgotten",
                $"{node.Id} said that it holds {said.Accepted}; its disk has {loaded.Accepted.Stamp}");
        }
    }

    /// <summary>
    /// All committed documents form one line: one for each version, and each made out of the ones before, so that
    /// nothing that was committed is lost.
    /// </summary>
    private void Committed(string node, SealedDocument document)
    {
        var version = document.Stamp.Version;
        var line = LineOf(document.Stamp);
        Newest = document.Stamp > Newest.Stamp ? document : Newest;
        if (line.Find(version) is { } known)
        {
            if (known.Hash != document.Hash)
            {
                throw new ViolationException(
                    "one document a version",
                    $"{version} is {known.Stamp} by {known.By} and {document.Stamp} by {node}");
            }
            return;
        }
        if (version > line.NewestVersion)
        {
            MustDescend(node, (document.Hash, document.Stamp), line.Find(line.NewestVersion)!.Value);
            line.Add(node, document.Stamp, document.Hash);
        }
        else
        {
            line.Add(node, document.Stamp, document.Hash);
            var later = line.After(version);
            MustDescend(node, (later.Hash, later.Stamp), line.Find(version)!.Value);
        }
    }

    private CommittedLine LineOf(DocumentStamp stamp) => _lines.TryGetValue(stamp.Generation, out var line)
        ? line
        : throw new ViolationException("only a forced recovery begins a generation", $"{stamp} came from nowhere");

    /// <summary>What a primary takes for committed has been on the disks of a majority of its voters.</summary>
    private void MustBeStoredByMajority(SimNode node, SealedDocument document)
    {
        var voters = document.Document.Voters;
        var holders = voters.Where(voter =>
            _stored.TryGetValue((voter.Id, voter.Incarnation), out var holds) && holds >= document.Stamp).ToList();
        if (holders.Count <= voters.Length / 2)
        {
            throw new ViolationException(
                "a majority has it on disk",
                $"{node.Id} takes {document.Stamp} for committed; of {voters.Length} voters only "
                    + $"{string.Join(", ", holders.Select(voter => voter.Id))} had it on disk");
        }
    }

    private void MustDescend(
        string node, (string Hash, DocumentStamp Stamp) from, (DocumentStamp Stamp, string Hash, string By) ancestor)
    {
        var (hash, stamp) = from;
        while (stamp.Version > ancestor.Stamp.Version && _made.TryGetValue(hash, out var made))
        {
            hash = made.Parent;
            stamp = _made.TryGetValue(hash, out var parent) ? parent.Stamp : stamp with { Version = stamp.Version - 1 };
        }
        if (hash != ancestor.Hash)
        {
            throw new ViolationException(
                "nothing committed is lost",
                $"{from.Stamp}, committed by {node}, was not made out of {ancestor.Stamp}, committed by {ancestor.By}");
        }
    }
}
