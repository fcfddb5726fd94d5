using System.IO.Hashing;
using System.Text;

namespace Skein.Core.Placement;

/// <summary>
/// The digests and the mixing function of highest random weight placement (Thaler and Ravishankar, 1996), exactly as
/// AIStore computes them, so that its clients that place objects by themselves agree with us.
/// </summary>
public static class HrwDigest
{
    /// <summary>Seed of XXH64 for node, mountpath and object digests.</summary>
    public const long Seed = 1103515245;

    private const ulong Gamma = 0x9e3779b97f4a7c15;

    /// <summary>XXH64 with <see cref="Seed"/> of the text's UTF-8 bytes.</summary>
    public static ulong OfText(string text)
    {
        Span<byte> small = stackalloc byte[512];
        var bytes = Encoding.UTF8.GetMaxByteCount(text.Length) <= small.Length
            ? small[..Encoding.UTF8.GetBytes(text, small)]
            : Encoding.UTF8.GetBytes(text);
        return XxHash64.HashToUInt64(bytes, Seed);
    }

    /// <summary>XXH64 with <see cref="Seed"/> of <c>bucketUname/objectName</c>.</summary>
    public static ulong OfObject(string bucketUname, string objectName)
    {
        var length = Encoding.UTF8.GetMaxByteCount(bucketUname.Length + objectName.Length + 1);
        Span<byte> small = stackalloc byte[512];
        Span<byte> buffer = length <= small.Length ? small : new byte[length];
        var used = Encoding.UTF8.GetBytes(bucketUname, buffer);
        buffer[used++] = (byte)'/';
        used += Encoding.UTF8.GetBytes(objectName, buffer[used..]);
        return XxHash64.HashToUInt64(buffer[..used], Seed);
    }

    /// <summary>As <see cref="OfObject"/>, of names in UTF-8; nothing is allocated unless they are long.</summary>
    public static ulong OfObjectUtf8(ReadOnlySpan<byte> bucketUname, ReadOnlySpan<byte> objectName)
    {
        var length = bucketUname.Length + 1 + objectName.Length;
        Span<byte> small = stackalloc byte[512];
        Span<byte> buffer = length <= small.Length ? small[..length] : new byte[length];
        bucketUname.CopyTo(buffer);
        buffer[bucketUname.Length] = (byte)'/';
        objectName.CopyTo(buffer[(bucketUname.Length + 1)..]);
        return XxHash64.HashToUInt64(buffer, Seed);
    }

    /// <summary>
    /// The weight of a candidate: xoshiro256** (Blackman and Vigna, 2018) seeded by two chained splitmix64 rounds.
    /// Vectors: 0 gives 1905207664160064169; 4573842 gives 5026071747115404967.
    /// </summary>
    /// <param name="seed">Digest of the object XOR digest of the candidate.</param>
    public static ulong Weight(ulong seed)
    {
        var z = Mix(seed + Gamma);
        z = Mix(z + Gamma);
        return ulong.RotateLeft(z * 5, 7) * 9;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
