namespace Skein.TestKit;

/// <summary>Bytes for objects: random to look at, the same for the same seed.</summary>
public static class Payloads
{
    /// <summary>Random bytes.</summary>
    /// <param name="length">How many.</param>
    /// <param name="seed">The same seed and length give the same bytes.</param>
    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Lengths around which code tends to be wrong: empty, one, and one off every usual buffer size.</summary>
    public static IReadOnlyList<int> EdgeLengths { get; } =
        [0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145, 1_048_577];
}
