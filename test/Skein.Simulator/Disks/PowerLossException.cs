namespace Skein.Simulator.Disks;

/// <summary>The machine lost power in the middle of a write.</summary>
internal sealed class PowerLossException() : Exception("power lost");
