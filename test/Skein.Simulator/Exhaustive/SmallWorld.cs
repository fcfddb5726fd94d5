using System.Collections.Immutable;
using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Cluster.Primary;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Simulator.Checks;
using Skein.Simulator.Transcripts;

namespace Skein.Simulator.Exhaustive;

/// <summary>What may happen next.</summary>
internal enum EventKind
{
    /// <summary>A message arrives.</summary>
    Deliver,

    /// <summary>A message arrives, and will arrive once more.</summary>
    Repeat,

    /// <summary>Time goes on for one node until its next deadline.</summary>
    Tick,

    /// <summary>A node dies and starts again from its disk.</summary>
    Crash,

    /// <summary>A client asks one that leads for a change.</summary>
    Propose,
}

/// <summary>One thing that may happen next.</summary>
/// <param name="Kind">What.</param>
/// <param name="Index">Which message, or which node.</param>
internal readonly record struct SmallEvent(EventKind Kind, int Index);

/// <summary>
/// Three voters, a network in which messages wait until they are chosen, and clocks that go on only when they are told
/// to: so every order of events can be tried. A message that is never chosen is a lost one.
/// </summary>
internal sealed class SmallWorld
{
    private const int Nodes = 3;

    private readonly SmallWorldRules _rules;
    private readonly ConsensusCore[] _cores = new ConsensusCore[Nodes];
    private readonly ConsensusState[] _disks = new ConsensusState[Nodes];
    private readonly long[] _wakes = new long[Nodes];
    private readonly List<SmallMessage> _messages = [];
    private ImmutableSortedDictionary<Epoch, string> _primaries = ImmutableSortedDictionary<Epoch, string>.Empty;
    private ImmutableSortedDictionary<long, (string Hash, long Term)> _committed =
        ImmutableSortedDictionary<long, (string Hash, long Term)>.Empty;

    private int _crashes;
    private int _proposals;
    private int _repeats;

    /// <summary>A cluster that has just been started: nobody leads, all hold the same document.</summary>
    public SmallWorld(SmallWorldRules rules)
    {
        _rules = rules;
        var document = FirstDocument();
        _committed = _committed.Add(1, (document.Hash, 1));
        for (var i = 0; i < Nodes; i++)
        {
            _disks[i] = new ConsensusState(new Epoch(1, 1), "", document, document);
            Start(i, 0);
        }
    }

    private SmallWorld(SmallWorld other)
    {
        _rules = other._rules;
        for (var i = 0; i < Nodes; i++)
        {
            _cores[i] = other._cores[i].Fork();
            _disks[i] = other._disks[i];
            _wakes[i] = other._wakes[i];
        }
        _messages.AddRange(other._messages);
        _primaries = other._primaries;
        _committed = other._committed;
        _crashes = other._crashes;
        _proposals = other._proposals;
        _repeats = other._repeats;
    }

    /// <summary>A second world in the same state.</summary>
    public SmallWorld Fork() => new(this);

    /// <summary>How many messages wait.</summary>
    public int Waiting => _messages.Count;

    /// <summary>Delivers what waits now and is of a kind, each once.</summary>
    public void DeliverAll(Func<SmallMessage, bool> kind)
    {
        foreach (var message in _messages.Where(kind).ToList())
        {
            Happen(new SmallEvent(EventKind.Deliver, _messages.IndexOf(message)));
        }
    }

    /// <summary>Everything that may happen next.</summary>
    public List<SmallEvent> Events()
    {
        var events = new List<SmallEvent>();
        for (var i = 0; i < _messages.Count; i++)
        {
            events.Add(new SmallEvent(EventKind.Deliver, i));
            if (_repeats < _rules.Repeats)
            {
                events.Add(new SmallEvent(EventKind.Repeat, i));
            }
        }
        for (var i = 0; i < Nodes; i++)
        {
            events.Add(new SmallEvent(EventKind.Tick, i));
            if (_crashes < _rules.Crashes)
            {
                events.Add(new SmallEvent(EventKind.Crash, i));
            }
            if (_proposals < _rules.Proposals && _cores[i].Role == ConsensusRole.Primary)
            {
                events.Add(new SmallEvent(EventKind.Propose, i));
            }
        }
        return events;
    }

    /// <summary>Lets one thing happen; throws when a rule breaks.</summary>
    public void Happen(SmallEvent happening)
    {
        var index = happening.Index;
        switch (happening.Kind)
        {
            case EventKind.Tick:
                Do(index, _cores[index].Tick(Math.Max(_cores[index].Now + 1, _wakes[index])));
                break;
            case EventKind.Crash:
                _crashes++;
                Start(index, _cores[index].Now);
                break;
            case EventKind.Propose:
                var bucket = BucketName.Ais("b" + (++_proposals).ToString(CultureInfo.InvariantCulture));
                var change = new CreateBucket(
                    bucket, (config, id) => BucketProps.Create(config, Providers.Ais, id, 0));
                Do(index, _cores[index].Propose(new Proposal(_proposals, change, "client", ""), _cores[index].Now));
                break;
            default:
                var message = _messages[index];
                if (happening.Kind == EventKind.Deliver)
                {
                    _messages.RemoveAt(index);
                }
                else
                {
                    _repeats++;
                }
                Do(message.To, _cores[message.To].Receive(message.Message, _cores[message.To].Now));
                break;
        }
    }

    /// <summary>What a thing that may happen is, in words.</summary>
    public string Describe(SmallEvent happening) => happening.Kind switch
    {
        EventKind.Tick => $"{Id(happening.Index)}: its time is out",
        EventKind.Crash => $"{Id(happening.Index)}: is killed and starts again",
        EventKind.Propose => $"{Id(happening.Index)}: is asked for a bucket",
        _ => $"{Id(_messages[happening.Index].To)}: hears from {_messages[happening.Index].Message.From}: "
            + MessageText.Of(_messages[happening.Index].Message)
            + (happening.Kind == EventKind.Repeat ? " (and will hear it again)" : ""),
    };

    /// <summary>The state in 64 bits.</summary>
    public ulong Sum(Fingerprint sum)
    {
        var messages = 0UL;
        foreach (var message in _messages)
        {
            messages += message.Sum(sum, _cores);
        }
        sum.Reset();
        sum.Add((long)messages);
        for (var i = 0; i < Nodes; i++)
        {
            _cores[i].Describe(sum.Add, sum.Add);
            sum.Add(_disks[i].Epoch.Term);
            sum.Add(_disks[i].VotedFor);
            sum.Add(_disks[i].Accepted.Hash);
        }
        foreach (var (epoch, id) in _primaries)
        {
            sum.Add(epoch.Term);
            sum.Add(id);
        }
        foreach (var (version, known) in _committed)
        {
            sum.Add(version);
            sum.Add(known.Hash);
        }
        sum.Add(_crashes);
        sum.Add(_proposals);
        sum.Add(_repeats);
        return sum.Value;
    }

    private void Do(int index, ConsensusOutput output)
    {
        var core = _cores[index];
        _wakes[index] = output.WakeAt;
        if (output.Conflict is { } conflict)
        {
            throw new ViolationException("one document a stamp", conflict);
        }
        if (core.Role == ConsensusRole.Primary)
        {
            if (_primaries.TryGetValue(core.Epoch, out var other) && other != Id(index))
            {
                throw new ViolationException("one primary an epoch", $"{Id(index)} and {other} lead in {core.Epoch}");
            }
            if (other is null)
            {
                MustDescendFromCommitted(core.Accepted, $"{Id(index)}, elected in {core.Epoch}");
            }
            _primaries = _primaries.SetItem(core.Epoch, Id(index));
        }
        if (output.MustPersist)
        {
            _disks[index] = output.State;
        }
        if (output.Publish is { } published)
        {
            Commit(published, Id(index));
        }
        foreach (var (to, message) in output.Messages)
        {
            var waiting = new SmallMessage(to[1] - '1', message);
            // Two of the same are one that is repeated.
            if (!_messages.Exists(known => known.IsSame(waiting)))
            {
                _messages.Add(waiting);
            }
        }
    }

    private void Commit(SealedDocument document, string by)
    {
        var version = document.Stamp.Version;
        if (_committed.TryGetValue(version, out var known) && known.Hash != document.Hash)
        {
            throw new ViolationException("one document a version", $"two documents are committed as {version}, one by {by}");
        }
        _committed = _committed.SetItem(version, (document.Hash, document.Stamp.Term));
        MustDescendFromCommitted(document, by);
    }

    /// <summary>Whoever leads a term, and whatever it commits there, stands on all that earlier terms have committed.</summary>
    private void MustDescendFromCommitted(SealedDocument document, string by)
    {
        var ancestors = _rules.Ancestors(document.Hash);
        foreach (var (version, known) in _committed)
        {
            if (known.Term < document.Stamp.Term && !ancestors.Contains(known.Hash))
            {
                throw new ViolationException(
                    "nothing committed is lost", $"{document.Stamp} by {by} was not made out of what is committed as {version}");
            }
        }
    }

    private void Start(int index, long now)
    {
        _cores[index] = new ConsensusCore(
            Id(index),
            "i",
            _disks[index],
            _rules.Options(() => _cores[index].Accepted),
            EvenRandom.Instance,
            now);
        _wakes[index] = _cores[index].Tick(now).WakeAt;
    }

    private static string Id(int index) => "p" + (index + 1).ToString(CultureInfo.InvariantCulture);

    private static SealedDocument FirstDocument()
    {
        var nodes = Enumerable.Range(0, Nodes).Select(index => new NodeInfo
        {
            PublicNet = NodeAddress.Create("http", "sim", 1 + index),
            ControlNet = NodeAddress.Create("http", "sim", 11 + index),
            DataNet = NodeAddress.Create("http", "sim", 21 + index),
            Type = NodeRoles.Proxy,
            Id = Id(index),
            Incarnation = "i",
        }).ToList();
        var first = PrimaryService.FirstDocument(nodes[0], "small", "", ClusterConfig.Default);
        first = nodes.Aggregate(first, (document, node) => new AddNode(node).Apply(document));
        return new SealedDocument(
            ContactUrls.Apply(first) with
            {
                Stamp = new DocumentStamp(1, 1, 1),
                Voters = [.. nodes.Select(node => new VoterInfo(node.Id, node.Incarnation, false))],
            },
            default,
            "first");
    }

    /// <summary>Every node waits equally long: who is first is decided by the order of events.</summary>
    private sealed class EvenRandom : Random
    {
        public static EvenRandom Instance { get; } = new();

        public override double NextDouble() => 0.5;
    }
}
