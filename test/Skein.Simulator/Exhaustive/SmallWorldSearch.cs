using System.Globalization;
using Skein.Cluster.Consensus;
using Skein.Simulator.Checks;
using Skein.Simulator.World;

namespace Skein.Simulator.Exhaustive;

/// <summary>
/// Tries every order of events in <see cref="SmallWorld"/> up to a depth. A state that was met before with as many
/// events left is not entered again.
/// </summary>
internal sealed class SmallWorldSearch
{
    public const int DefaultDepth = 9;

    private readonly Dictionary<ulong, byte> _seen = [];
    private readonly Fingerprint _sum = new();
    private readonly List<string> _path = [];

    private SmallWorldSearch(SmallWorld start, string before, int happened)
    {
        Start = start;
        Before = before;
        Happened = happened;
    }

    /// <summary>Where the search begins.</summary>
    public SmallWorld Start { get; }

    /// <summary>What had happened before, in words.</summary>
    public string Before { get; }

    /// <summary>By how many events the search ends earlier, since so much has happened before that more can follow.</summary>
    public int Happened { get; }

    /// <summary>Different states met.</summary>
    public int States => _seen.Count;

    /// <summary>Steps tried.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs the searches from all beginnings and prints what they came to.</summary>
    /// <returns>True when no rule broke.</returns>
    public static bool Run(int depth, Variant variant, TextWriter output, TimeProvider time)
    {
        foreach (var search in Beginnings(variant.Core))
        {
            var started = time.GetTimestamp();
            var length = Math.Max(1, depth - search.Happened);
            var broken = search.Run(length);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{search.Before}; then every order of {length} events: {search.States} states, {search.Steps} steps, "
                    + $"{time.GetElapsedTime(started).TotalSeconds:0.0} s"));
            if (broken is not null)
            {
                output.WriteLine(broken);
                output.WriteLine($"To see it again:\n  ./dev sim --exhaustive --depth {depth}"
                    + (variant == Variant.Correct ? "" : $" --mutation {variant.Name}"));
                return false;
            }
        }
        return true;
    }

    /// <summary>The beginnings from which every order is tried.</summary>
    public static IEnumerable<SmallWorldSearch> Beginnings(ConsensusMutation mutation)
    {
        yield return new SmallWorldSearch(
            new SmallWorld(new SmallWorldRules(mutation)), "three voters have just started", 0);
        yield return new SmallWorldSearch(
            Led(new SmallWorldRules(mutation)), "p1 leads, and all hold its document", 1);
        yield return new SmallWorldSearch(
            HalfSent(new SmallWorldRules(mutation)), "p1 leads and has sent a change that nobody has yet; p2 and p3 miss it", 3);
        yield return new SmallWorldSearch(
            BothStand(new SmallWorldRules(mutation)), "p1 and p2 both stand in one epoch", 2);
        yield return new SmallWorldSearch(
            HalfCommitted(new SmallWorldRules(mutation)), "p1 has committed a change with p2, and p3 misses it", 2);
    }

    /// <summary>Searches.</summary>
    /// <returns>The rule that broke and the events that led to it; null when none did.</returns>
    public string? Run(int depth)
    {
        try
        {
            Visit(Start, depth);
            return null;
        }
        catch (ViolationException violation)
        {
            return $"{violation.Message}\n{Before}; then\n  " + string.Join("\n  ", _path);
        }
    }

    private void Visit(SmallWorld world, int left)
    {
        if (left == 0)
        {
            return;
        }
        foreach (var happening in world.Events())
        {
            var next = world.Fork();
            Steps++;
            var mark = _path.Count;
            _path.Add(""); // in words only where something breaks: that costs more than the step
            try
            {
                next.Happen(happening);
                var state = next.Sum(_sum);
                if (!_seen.TryGetValue(state, out var before) || before < left)
                {
                    _seen[state] = (byte)left;
                    Visit(next, left - 1);
                }
            }
            catch (ViolationException)
            {
                _path[mark] = world.Describe(happening);
                throw;
            }
            _path.RemoveAt(mark);
        }
    }

    /// <summary>Elects p1 and lets its first document be committed.</summary>
    private static SmallWorld Led(SmallWorldRules rules)
    {
        var world = new SmallWorld(rules);
        world.Happen(new SmallEvent(EventKind.Tick, 0));
        for (var deliveries = 0; deliveries < 40 && world.Waiting > 0; deliveries++)
        {
            world.Happen(new SmallEvent(EventKind.Deliver, 0));
        }
        return world.Waiting == 0
            ? world
            : throw new InvalidOperationException("the beginning of the search is not what it should be");
    }

    private static SmallWorld HalfSent(SmallWorldRules rules)
    {
        var world = Led(rules);
        world.Happen(new SmallEvent(EventKind.Propose, 0));
        world.Happen(new SmallEvent(EventKind.Tick, 1));
        world.Happen(new SmallEvent(EventKind.Tick, 2));
        return world;
    }

    /// <summary>p3 would vote for both; both have begun the epoch and ask for its vote.</summary>
    private static SmallWorld BothStand(SmallWorldRules rules)
    {
        var world = new SmallWorld(rules);
        world.Happen(new SmallEvent(EventKind.Tick, 0));
        world.Happen(new SmallEvent(EventKind.Tick, 1));
        world.DeliverAll(message => message.Message is PreVoteRequest && message.To == 2);
        world.DeliverAll(message => message.Message is PreVoteReply { From: "p3" });
        return world;
    }

    private static SmallWorld HalfCommitted(SmallWorldRules rules)
    {
        var world = HalfSent(rules);
        world.DeliverAll(message => message.Message is AppendRequest && message.To == 1);
        world.DeliverAll(message => message.Message is AppendReply { From: "p2" });
        return world;
    }
}
