using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Placement;

namespace Skein.Simulator.World;

/// <summary>
/// Clients that write a few objects: a proxy's map says to which target, and that target's production gate says whether it
/// takes the write, when it begins and before it is acknowledged.
/// </summary>
internal sealed class SimWrites(SimWorld world)
{
    private const int BetweenWrites = 120;
    private const int ShortWrite = 60;
    private const int LongWrite = 1500;

    /// <summary>The objects.</summary>
    public static IReadOnlyList<ulong> Names { get; } =
        [.. Enumerable.Range(0, 8).Select(number => HrwDigest.OfObject("ais/@#/data", $"object{number}"))];

    /// <summary>How many writes were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    public void Start() => world.At(world.Random.Next(BetweenWrites), Write);

    private void Write()
    {
        world.At(world.Now + 1 + world.Random.Next(BetweenWrites), Write);
        var name = Names[world.Random.Next(Names.Count)];
        var asked = world.Nodes[world.Random.Next(world.Nodes.Count)];
        // Who asks a node that lags behind, or that is not up any more, is sent to the owner of before.
        if (asked.Published.Uuid == SimWorld.Uuid && asked.Published.Document.Map.Owner(name) is { } owner)
        {
            world.At(world.Now + 1 + world.Random.Next(20), () => Begin(world.Node(owner.Id), name));
        }
    }

    private void Begin(SimNode target, ulong name)
    {
        if (!target.Runs(world.Now) || target.Target.Gate.TryEnter(name) is not { } entered)
        {
            return;
        }
        world.LeaseChecks.MayWrite(target, name);
        var (life, begun, stamp) = (target.Life, world.Now, target.Published.Stamp);
        world.At(
            world.Now + 1 + world.Random.Next(world.Happens(0.1) ? LongWrite : ShortWrite),
            () => End(target, life, name, entered, begun, stamp));
    }

    private void End(SimNode target, int life, ulong name, long entered, long begun, DocumentStamp stamp)
    {
        if (target.Life != life || target.Core is null)
        {
            return;
        }
        if (target.PausedUntil > world.Now)
        {
            world.At(target.PausedUntil + world.Random.Next(5), () => End(target, life, name, entered, begun, stamp));
            return;
        }
        try
        {
            target.Target.Gate.Confirm(name, entered);
        }
        catch (StoreException)
        {
            return; // the client is told to try again
        }
        Acknowledged++;
        world.LeaseChecks.Acknowledged(target, name, stamp with { Version = entered }, begun);
    }
}
