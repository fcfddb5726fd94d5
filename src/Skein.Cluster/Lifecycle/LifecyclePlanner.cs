using Skein.Cluster.Metadata;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cluster.Lifecycle;

/// <summary>
/// Says what taking nodes out of service would do, without doing it: asks every target what it holds, and where that would
/// belong afterwards.
/// </summary>
/// <param name="selfId">This node's id.</param>
/// <param name="owner">Present document.</param>
/// <param name="peers">Way to the targets.</param>
public sealed class LifecyclePlanner(string selfId, MetadataOwner owner, ILifecyclePeers peers)
{
    /// <summary>Looks.</summary>
    /// <param name="action">What is planned.</param>
    /// <param name="ids">For which nodes.</param>
    /// <param name="message">How.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">When it would be refused.</exception>
    public async Task<LifecyclePlan> RunAsync(
        string action, IReadOnlyList<string> ids, RemoveNodeMessage message, CancellationToken cancellation)
    {
        var document = owner.Current.Document;
        var notes = new List<string>();
        var after = After(document, action, ids, message, notes);
        var remaining = after.Map.ActiveTargets.Select(node => node.Id).ToList();
        var counts = await Task
            .WhenAll(document.Map.Targets.Values.Select(async node =>
                (Node: node, Answer: await AskAsync(node, remaining, cancellation).ConfigureAwait(false))))
            .ConfigureAwait(false);
        var (moves, lost) = (default(ObjectCount), default(ObjectCount));
        var incoming = new Dictionary<string, long>(StringComparer.Ordinal);
        var moveAll = action is Actions.StopMaintenance || (action != Actions.RemoveUnsafe && !message.SkipRebalance);
        foreach (var (node, (count, problem)) in counts)
        {
            var leaves = ids.Contains(node.Id) && action != Actions.StopMaintenance;
            if (count is null)
            {
                notes.Add($"{node.DisplayName} does not answer ({problem}): its objects are not counted"
                    + (leaves ? ", and it may hold the last copy of some" : ""));
                continue;
            }
            var going = count.Moves.Values.Aggregate(default(ObjectCount), (sum, one) => sum + one);
            if (leaves && (remaining.Count == 0 || (!moveAll && IsForGood(action))))
            {
                lost += going + count.Stays;
            }
            else if (moveAll && remaining.Count != 0)
            {
                moves += going;
                foreach (var (to, some) in count.Moves)
                {
                    incoming[to] = incoming.GetValueOrDefault(to) + some.Bytes;
                }
            }
        }
        foreach (var (node, (count, _)) in counts)
        {
            if (count is not null && incoming.GetValueOrDefault(node.Id) > count.Available)
            {
                notes.Add(Invariant(
                    $"{node.DisplayName} would get {incoming[node.Id]} bytes and has {count.Available} bytes free"));
            }
        }
        AddNotes(notes, document, remaining, lost, (action, message));
        return new LifecyclePlan { Nodes = ids, Moves = Shown(moves), Lost = Shown(lost), Notes = notes };
    }

    private static bool IsForGood(string action) => action is Actions.DecommissionNode or Actions.RemoveUnsafe;

    private static PlannedObjects Shown(ObjectCount count) => new() { Objects = count.Objects, Bytes = count.Bytes };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private Task<(PlacementCount? Count, string Problem)> AskAsync(
        NodeInfo node, IReadOnlyList<string> remaining, CancellationToken cancellation) =>
        (node.Flags & NodeFlags.Down) != 0
            ? Task.FromResult(((PlacementCount?)null, "it is down"))
            : peers.CountAsync(node, remaining, cancellation);

    /// <summary>The document as it would be; what would be refused for want of a place to go is a note instead.</summary>
    private ControlDocument After(
        ControlDocument document, string action, IReadOnlyList<string> ids, RemoveNodeMessage message, List<string> notes)
    {
        if (ids.Contains(selfId) && action != Actions.StopMaintenance)
        {
            notes.Add($"p[{selfId}] leads: another proxy takes the lead first, if there is one that can");
        }
        var others = document with { Map = document.Map.WithPrimary("") };
        if (action == Actions.RemoveUnsafe)
        {
            return ids.Aggregate(others, (next, id) => new RemoveNode(id).Apply(next));
        }
        var change = LifecycleCommands.ChangeOf(action, ids, message, "") ?? throw new StoreException(
            StoreErrorCode.InvalidRequest, $"action \"{action}\" cannot be planned");
        if (change is BeginTransition begin)
        {
            // With the data given up nothing but the state of the nodes is a reason to refuse.
            var after = (begin with { Transition = begin.Transition with { SkipRebalance = true } }).Apply(others);
            return after;
        }
        return change.Apply(others);
    }

    private static void AddNotes(
        List<string> notes,
        ControlDocument document,
        List<string> remaining,
        ObjectCount lost,
        (string Action, RemoveNodeMessage Message) asked)
    {
        if (remaining.Count == 0 && document.Map.ActiveTargets.Count != 0)
        {
            notes.Add(asked.Message.SkipRebalance || asked.Action == Actions.RemoveUnsafe || document.Buckets.Buckets.IsEmpty
                ? "no active target would remain: no object can be read or written then"
                : "no active target would remain: this is refused unless skip_rebalance is given");
        }
        if (lost.Objects != 0)
        {
            notes.Add(IsForGood(asked.Action)
                ? Invariant($"{lost.Objects} objects are given up with the nodes that leave")
                : Invariant($"{lost.Objects} objects cannot be reached until the nodes are back"));
        }
        if (!document.IsSettled)
        {
            notes.Add("objects do not all lie where the map says now: some may be counted twice");
        }
        if (!document.Config.Rebalance.Enabled && !asked.Message.SkipRebalance)
        {
            notes.Add("rebalance.enabled is false: nothing moves until a rebalance is started");
        }
    }
}
