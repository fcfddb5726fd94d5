namespace Skein.Simulator.World;

/// <summary>
/// A node's clocks for production code that asks a <see cref="TimeProvider"/>: one that only goes on, while the machine
/// does not sleep, and one on the wall that jumps.
/// </summary>
internal sealed class SimTime(SimWorld world, SimNode node) : TimeProvider
{
    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => node.SteadyTime(world.Now);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMilliseconds(node.WallTime(world.Now));
}
