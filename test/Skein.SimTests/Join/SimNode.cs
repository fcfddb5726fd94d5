using Skein.Cluster.Membership;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.SimTests.Join;

/// <summary>How a simulated node behaves.</summary>
internal enum NodeConduct
{
    /// <summary>As it should.</summary>
    Honest,

    /// <summary>Names wrong primaries for ever: a member of an old time.</summary>
    Lies,

    /// <summary>Gives an address at which it cannot be reached.</summary>
    GivesWrongAddress,

    /// <summary>Has the id of another node.</summary>
    IsClone,
}

/// <summary>What the primary says to a node that is alive.</summary>
/// <param name="Known">True when the node is in its map.</param>
internal sealed record AliveReply(bool Known);

/// <summary>One simulated node. Its document survives a crash; a wipe takes document and incarnation.</summary>
internal sealed class SimNode(JoinWorld world, NodeInfo info, NodeConduct conduct, IReadOnlyList<string> configured)
{
    private const long RequestTimeout = 2000;
    private const long KeepaliveInterval = 1000;
    private const int MissesBeforeSearch = 3;

    private readonly HashSet<string> _inFlight = [];
    private ISearch? _search;
    private long _searchStarted;
    private int _knownRounds;
    private int _life;
    private int _wake;

    public NodeInfo Info { get; private set; } = info;

    public NodeConduct Conduct => conduct;

    public IReadOnlyList<string> Configured => configured;

    public bool IsUp { get; private set; }

    public SealedDocument Document { get; private set; } = SealedDocument.None;

    /// <summary>True when somebody has let it in since it was started.</summary>
    public bool IsIn { get; private set; }

    /// <summary>Milliseconds from the start of the last search to its success; -1 when it has none yet.</summary>
    public long JoinedAfter { get; private set; } = -1;

    /// <summary>Questions asked in all.</summary>
    public long Asked { get; private set; }

    public string Url => Info.ControlNet.Url;

    public override string ToString() => $"{Info.DisplayName} ({conduct})";

    public IReadOnlyList<string> Candidates() => JoinCandidates.Build(Info, "", Document.Document, configured);

    public void Start()
    {
        IsUp = true;
        _life++;
        if (conduct != NodeConduct.Lies && !world.IsPrimary(this))
        {
            Search();
        }
    }

    public void Crash()
    {
        IsUp = false;
        IsIn = false;
        _life++;
        _search = null;
    }

    /// <summary>Loses its disks. Only while it is down.</summary>
    public void Wipe(string incarnation)
    {
        Document = SealedDocument.None;
        Info = Info with { Incarnation = incarnation };
    }

    /// <summary>Takes a document, as every owner does: newer and of the same cluster only.</summary>
    public void Accept(SealedDocument offered)
    {
        if (!offered.IsSuccessorOf(Document))
        {
            return;
        }
        world.Checks.OnPublished(this, Document, offered);
        Document = offered;
    }

    /// <summary>Answers a request to join.</summary>
    public void ServeJoin(JoinRequest request, Action<JoinReply> respond)
    {
        if (conduct == NodeConduct.Lies)
        {
            respond(new JoinReply.NotPrimary(world.Lies(this)));
        }
        else if (world.IsPrimary(this))
        {
            world.Primary.Admit(request, respond);
        }
        else if (Document.Document.Map.Primary is { } primary)
        {
            respond(new JoinReply.NotPrimary([primary.ControlNet.Url, primary.PublicNet.Url]));
        }
        else
        {
            respond(new JoinReply.NotReady("this node belongs to no cluster yet"));
        }
    }

    private void Search()
    {
        IsIn = false;
        _inFlight.Clear();
        _knownRounds = 0;
        _searchStarted = world.Events.Now;
        _search = world.NewSearch(Candidates());
        Do(_search.OnTick(0), _life);
    }

    private void Do(JoinStep step, int life)
    {
        foreach (var url in step.Try)
        {
            Ask(url, life);
        }
        var wake = ++_wake;
        var delay = Math.Clamp(step.WakeAt - Elapsed, 1, 60_000);
        world.Events.After(delay, () =>
        {
            if (wake == _wake && life == _life && _search is not null)
            {
                Do(_search.OnTick(Elapsed), life);
            }
        });
    }

    private void Ask(string url, int life)
    {
        Asked++;
        world.Checks.OnAsk(this, url, isInFlight: !_inFlight.Add(url));
        var request = new JoinRequest(Info, Document.Uuid, Document.Stamp, JoinRequest.CurrentProtocol, false);
        world.Network.Ask<JoinReply>(
            this, url, RequestTimeout, (to, respond) => to.ServeJoin(request, respond), reply =>
            {
                if (life == _life && _search is not null)
                {
                    _inFlight.Remove(url);
                    Hear(url, reply ?? new JoinReply.Unreachable("time is out"), life);
                }
            });
    }

    private void Hear(string url, JoinReply reply, int life)
    {
        if (reply is JoinReply.Admitted admitted)
        {
            world.Checks.OnAdmitted(this, admitted.Document);
            Accept(admitted.Document);
            IsIn = true;
            JoinedAfter = Elapsed;
            _search = null;
            world.Events.After(KeepaliveInterval, () => SayAlive(life, 0));
            return;
        }
        var step = reply switch
        {
            JoinReply.NotPrimary other => _search!.OnAnswer(url, JoinAnswer.NotPrimary, other.PrimaryUrls, Elapsed),
            JoinReply.Refused => _search!.OnAnswer(url, JoinAnswer.Refused, [], Elapsed),
            JoinReply.NotReady => _search!.OnAnswer(url, JoinAnswer.NotReady, [], Elapsed),
            _ => _search!.OnAnswer(url, JoinAnswer.Unreachable, [], Elapsed),
        };
        if (_search.FailedRounds > _knownRounds)
        {
            _knownRounds = _search.FailedRounds;
            _search.Add(Candidates());
        }
        Do(step, life);
    }

    private void SayAlive(int life, int misses)
    {
        if (life != _life || Document.Document.Map.Primary is not { } primary)
        {
            return;
        }
        world.Network.Ask<AliveReply>(this, primary.ControlNet.Url, 2 * KeepaliveInterval, (to, respond) =>
        {
            if (world.IsPrimary(to))
            {
                respond(world.Primary.HearAlive(this));
            }
        }, reply =>
        {
            if (life != _life)
            {
                return;
            }
            var missed = reply is null ? misses + 1 : 0;
            if (missed >= MissesBeforeSearch || reply is { Known: false })
            {
                Search();
                return;
            }
            world.Events.After(KeepaliveInterval, () => SayAlive(life, missed));
        });
    }

    private long Elapsed => world.Events.Now - _searchStarted;
}
