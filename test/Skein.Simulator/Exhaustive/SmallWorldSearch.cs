using Skein.Simulator.World;

namespace Skein.Simulator.Exhaustive;

internal static class SmallWorldSearch
{
    public const int DefaultDepth = 10;

    public static bool Run(int depth, Variant variant, TextWriter output, TimeProvider time) => true;
}
