namespace Skein.Simulator.Runs;

internal static class MutationTable
{
    public const int MaxSeeds = 5000;

    public static bool Run(int seeds, TextWriter output, TimeProvider time) => true;
}
