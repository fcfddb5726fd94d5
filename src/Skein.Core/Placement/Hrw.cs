namespace Skein.Core.Placement;

/// <summary>Highest random weight choice among candidates known by their digests.</summary>
public static class Hrw
{
    /// <summary>Index of the candidate with the greatest weight for the object; -1 when there is none.</summary>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    /// <param name="candidates">Digests of the candidates; ties go to the later one.</param>
    public static int Choose(ulong objectDigest, ReadOnlySpan<ulong> candidates)
    {
        var best = -1;
        var greatest = 0UL;
        for (var i = 0; i < candidates.Length; i++)
        {
            var weight = HrwDigest.Weight(objectDigest ^ candidates[i]);
            if (weight >= greatest)
            {
                greatest = weight;
                best = i;
            }
        }
        return best;
    }
}
