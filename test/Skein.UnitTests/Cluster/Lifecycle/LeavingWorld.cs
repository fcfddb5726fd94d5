using Skein.Cluster.Lifecycle;
using Skein.Core.Buckets;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Lifecycle;

/// <summary>
/// A cluster of two proxies and some targets with one bucket. The document is all that a primary knows; what it has heard
/// besides is forgotten when another one leads.
/// </summary>
internal sealed class LeavingWorld
{
    private readonly HashSet<string> _obeyed = [];
    private readonly HashSet<string> _gone = [];

    public LeavingWorld(int targets, bool hasBucket = true)
    {
        Document = new ControlDocument
        {
            Map = new ClusterMap(ClusterMap.NoNodes, ClusterMap.NoNodes, "", "u", "", 1),
        };
        Commit(new AddNode(TestNodes.Proxy(1)));
        Commit(new AddNode(TestNodes.Proxy(2)));
        Commit(new SetPrimary(TestNodes.Proxy(1).Id));
        foreach (var number in Enumerable.Range(1, targets))
        {
            Commit(new AddNode(TestNodes.Target(number)));
        }
        if (hasBucket)
        {
            Commit(new CreateBucket(BucketName.Ais("b"), (config, id) => BucketProps.Create(config, "ais", id, 1)));
        }
    }

    public static string P1 => TestNodes.Proxy(1).Id;

    public static string P2 => TestNodes.Proxy(2).Id;

    public static string T1 => TestNodes.Target(1).Id;

    public static string T2 => TestNodes.Target(2).Id;

    public static string T3 => TestNodes.Target(3).Id;

    public ControlDocument Document { get; private set; }

    public NodeFlags FlagsOf(string id) => Document.Map.Find(id)!.Flags;

    public static NodeTransition Way(LifecycleAction action, bool skip = false) =>
        new(action, skip, false, false, false, "test");

    public void Commit(ControlChange change)
    {
        var next = change.Apply(Document);
        if (!ReferenceEquals(next, Document))
        {
            Document = next with { Stamp = new DocumentStamp(1, 1, Document.Stamp.Version + 1) };
        }
    }

    public void Begin(LifecycleAction action, bool skip, params string[] ids) =>
        Commit(new BeginTransition(ids, Way(action, skip)));

    public void GiveVote(string id) =>
        Commit(new SetVoters([.. Document.Voters, new VoterInfo(id, Document.Map.Find(id)!.Incarnation, false)]));

    public void TakeVote(string id) => Document = Document with { Voters = Document.Voters.RemoveAll(v => v.Id == id) };

    public void Clean(params string[] ids) => Commit(new NoteCleanTargets(ids, Document.Rebalance.OwnersVersion));

    public void Obeys(string id) => _obeyed.Add(id);

    public void IsGone(string id) => _gone.Add(id);

    /// <summary>Another proxy leads: who has answered is forgotten.</summary>
    public void NewPrimary(string id)
    {
        _obeyed.Clear();
        Commit(new SetPrimary(id));
    }

    public LifecycleDecision Decide() => LifecyclePolicy.Next(
        Document, Document.Map.PrimaryId, node => new LeavingNode(_obeyed.Contains(node.Id), _gone.Contains(node.Id)));

    /// <summary>Decides and commits what is no command; the step, or null.</summary>
    public LifecycleStep? Step()
    {
        var step = Decide().Steps is { Count: > 0 } steps ? steps[0] : null;
        switch (step)
        {
            case LifecycleStep.Mark: Commit(new MarkEmptied(step.NodeId)); break;
            case LifecycleStep.Finish: Commit(new EndTransition(step.NodeId)); break;
            case LifecycleStep.Remove: Commit(new RemoveNode(step.NodeId)); break;
        }
        return step;
    }
}
