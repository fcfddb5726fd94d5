using Skein.Cluster.Membership;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.SimTests.Join;

/// <summary>
/// What the primary does with requests to join and with documents, over the simulated network: the same policy and
/// changes as the real one, without disk and threads.
/// </summary>
internal sealed class SimPrimary(JoinWorld world, SimNode self, PrimaryFaults faults)
{
    private const long CallBackTimeout = 1000;
    private const long PushTimeout = 2000;
    private const long RetryMin = 100;
    private const long RetryMax = 2000;

    private readonly Dictionary<string, DocumentStamp> _held = [];
    private readonly HashSet<string> _following = [];

    public void Form()
    {
        var first = Cluster.Primary.PrimaryService.FirstDocument(
            self.Info, "simulated", "now", Skein.Core.Config.ClusterConfig.Default);
        Publish(Seal(first, new DocumentStamp(1, 1, 0)));
    }

    public void Admit(JoinRequest request, Action<JoinReply> respond)
    {
        var decidedOn = self.Document.Document;
        var decision = JoinPolicy.Decide(decidedOn, request);
        switch (decision)
        {
            case JoinDecision.Refuse refuse:
                respond(new JoinReply.Refused(refuse.Reason));
                break;
            case JoinDecision.AskKnown ask when !faults.HasFlag(PrimaryFaults.DoesNotAskTheKnown):
                Identify(ask.Known.ControlNet.Url, other =>
                {
                    if (other is not null && other.Id == request.Node.Id
                        && other.Incarnation != request.Node.Incarnation)
                    {
                        respond(new JoinReply.Refused("two nodes cannot have one id"));
                    }
                    else
                    {
                        CallBack(request, ask.Change, decidedOn, respond);
                    }
                });
                break;
            case JoinDecision.AskKnown ask:
                CallBack(request, ask.Change, decidedOn, respond);
                break;
            case JoinDecision.Admit admit:
                CallBack(request, admit.Change, decidedOn, respond);
                break;
            default:
                CallBack(request, null, decidedOn, respond);
                break;
        }
    }

    public void Commit(ControlChange change)
    {
        var current = self.Document;
        var changed = change.Apply(current.Document);
        if (!ReferenceEquals(changed, current.Document))
        {
            Publish(Seal(changed, current.Stamp));
        }
    }

    /// <summary>A node says that it is alive and what it holds; one that is behind is sent the newest.</summary>
    public AliveReply HearAlive(SimNode node)
    {
        var known = self.Document.Document.Map.Find(node.Info.Id);
        if (known is null || known.Incarnation != node.Info.Incarnation)
        {
            return new AliveReply(false);
        }
        _held[known.Id] = node.Document.Stamp;
        if (node.Document.Stamp < self.Document.Stamp && _following.Add(known.Id))
        {
            Follow(known.Id, RetryMin);
        }
        return new AliveReply(true);
    }

    private void CallBack(
        JoinRequest request, ControlChange? change, ControlDocument decidedOn, Action<JoinReply> respond)
    {
        if (faults.HasFlag(PrimaryFaults.DoesNotCallBack))
        {
            CommitJoin(request, change, decidedOn, respond);
            return;
        }
        Identify(request.Node.ControlNet.Url, reached =>
        {
            if (reached is null || reached.Id != request.Node.Id || reached.Incarnation != request.Node.Incarnation)
            {
                respond(new JoinReply.Refused("the primary cannot reach you"));
                return;
            }
            CommitJoin(request, change, decidedOn, respond);
        });
    }

    private void CommitJoin(
        JoinRequest request, ControlChange? change, ControlDocument decidedOn, Action<JoinReply> respond)
    {
        if (!faults.HasFlag(PrimaryFaults.DoesNotLookAgain)
            && !JoinPolicy.StillHolds(decidedOn, self.Document.Document, request))
        {
            respond(new JoinReply.NotReady("another node with this id has come in: ask again"));
            return;
        }
        try
        {
            if (change is not null)
            {
                Commit(change);
            }
            _held[request.Node.Id] = self.Document.Stamp;
            respond(new JoinReply.Admitted(self.Document));
        }
        catch (StoreException e)
        {
            respond(new JoinReply.Refused(e.Message));
        }
    }

    private void Identify(string url, Action<NodeInfo?> answer) =>
        world.Network.Ask<NodeInfo>(self, url, CallBackTimeout, (to, respond) => respond(to.Info), answer);

    private SealedDocument Seal(ControlDocument changed, DocumentStamp before)
    {
        var document = faults.HasFlag(PrimaryFaults.ForgetsContactUrls) ? changed : ContactUrls.Apply(changed);
        var version = faults.HasFlag(PrimaryFaults.KeepsVersion) ? Math.Max(1, before.Version) : before.Version + 1;
        return ControlDocumentCodec.Seal(document with { Stamp = before with { Version = version } });
    }

    private void Publish(SealedDocument document)
    {
        world.Checks.OnCommitted(self.Document, document);
        self.Accept(document);
        foreach (var node in document.Document.Map.AllNodes)
        {
            if (node.Id != self.Info.Id && _following.Add(node.Id))
            {
                Follow(node.Id, RetryMin);
            }
        }
    }

    /// <summary>Sends the newest document to one node until it has it.</summary>
    private void Follow(string id, long pause)
    {
        var document = self.Document;
        if (document.Document.Map.Find(id) is not { } node || _held.GetValueOrDefault(id) >= document.Stamp)
        {
            _following.Remove(id);
            return;
        }
        world.Network.Ask<object>(self, node.ControlNet.Url, PushTimeout, (to, respond) =>
        {
            if (to.Info.Id == id && document.Document.Map.Find(id) is not null)
            {
                to.Accept(document);
                respond(to.Document.Stamp);
            }
        }, reply =>
        {
            if (reply is DocumentStamp stamp && stamp >= document.Stamp)
            {
                _held[id] = stamp;
                Follow(id, RetryMin);
            }
            else
            {
                world.Events.After(pause, () => Follow(id, Math.Min(RetryMax, pause * 2)));
            }
        });
    }
}

/// <summary>What a primary may do wrong.</summary>
[Flags]
internal enum PrimaryFaults
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Leaves the three URLs as they are.</summary>
    ForgetsContactUrls = 1,

    /// <summary>Does not raise the version.</summary>
    KeepsVersion = 2,

    /// <summary>Does not ask whether a newcomer can be reached.</summary>
    DoesNotCallBack = 4,

    /// <summary>Does not ask the node that has the newcomer's id.</summary>
    DoesNotAskTheKnown = 8,

    /// <summary>Does not look again, after a call back, whether its decision still holds.</summary>
    DoesNotLookAgain = 16,
}
