using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Skein.Core.Errors;
using Skein.Core.Objects;

namespace Skein.Storage.Objects;

/// <summary>Computes a checksum over bytes as they pass by. Not thread-safe.</summary>
public abstract class ChecksumCalculator : IDisposable
{
    /// <summary>Longest digest, in bytes.</summary>
    internal const int MaxDigestBytes = 64;

    private readonly string _type;

    private ChecksumCalculator(string type) => _type = type;

    /// <summary>Makes a calculator.</summary>
    /// <param name="type">One of <see cref="ChecksumTypes.All"/>.</param>
    /// <exception cref="StoreException">When the type is not known.</exception>
    public static ChecksumCalculator Create(string type) => type switch
    {
        ChecksumTypes.None => new NoChecksum(),
        ChecksumTypes.XxHash or ChecksumTypes.XxHash2 => new NonCryptographic(type, new XxHash64()),
        ChecksumTypes.Crc32C => new Crc32C(),
        ChecksumTypes.Md5 => new Cryptographic(type, HashAlgorithmName.MD5),
        ChecksumTypes.Sha256 => new Cryptographic(type, HashAlgorithmName.SHA256),
        ChecksumTypes.Sha512 => new Cryptographic(type, HashAlgorithmName.SHA512),
        _ => throw Unknown(type),
    };

    /// <summary>Refuses a type that is not known.</summary>
    /// <exception cref="StoreException">When the type is not known.</exception>
    public static void Validate(string type)
    {
        if (!ChecksumTypes.IsKnown(type))
        {
            throw Unknown(type);
        }
    }

    /// <summary>Checksum of bytes at hand.</summary>
    /// <exception cref="StoreException">When the type is not known.</exception>
    public static Checksum Compute(string type, ReadOnlySpan<byte> bytes)
    {
        using var calculator = Create(type);
        calculator.Append(bytes);
        return calculator.Finish();
    }

    /// <summary>Takes the next bytes.</summary>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The checksum of all bytes; the calculator is spent then.</summary>
    public Checksum Finish()
    {
        Span<byte> digest = stackalloc byte[MaxDigestBytes];
        var length = Finish(digest);
        return length == 0 ? Checksum.None : new Checksum(_type, Convert.ToHexStringLower(digest[..length]));
    }

    /// <summary>Gives native state back.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the digest, most significant byte first, and tells its length.</summary>
    private protected abstract int Finish(Span<byte> digest);

    /// <summary>Gives native state back.</summary>
    private protected virtual void Dispose(bool disposing)
    {
    }

    private static StoreException Unknown(string type) => new(
        StoreErrorCode.InvalidRequest,
        $"invalid checksum type \"{(type.Length > 40 ? type[..40] : type)}\" "
            + $"(expecting [{string.Join(' ', ChecksumTypes.All)}])");

    private sealed class NoChecksum() : ChecksumCalculator(ChecksumTypes.None)
    {
        public override void Append(ReadOnlySpan<byte> bytes)
        {
        }

        private protected override int Finish(Span<byte> digest) => 0;
    }

    private sealed class NonCryptographic(string type, NonCryptographicHashAlgorithm hash) : ChecksumCalculator(type)
    {
        public override void Append(ReadOnlySpan<byte> bytes) => hash.Append(bytes);

        private protected override int Finish(Span<byte> digest) => hash.GetCurrentHash(digest);
    }

    private sealed class Cryptographic(string type, HashAlgorithmName algorithm) : ChecksumCalculator(type)
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        private protected override int Finish(Span<byte> digest) => _hash.GetHashAndReset(digest);

        private protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>CRC-32C with the processor's own instruction where it has one.</summary>
    private sealed class Crc32C() : ChecksumCalculator(ChecksumTypes.Crc32C)
    {
        private uint _state = uint.MaxValue;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            var state = _state;
            var words = MemoryMarshal.Cast<byte, ulong>(bytes);
            foreach (var word in words)
            {
                state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian
                    ? word : BinaryPrimitives.ReverseEndianness(word));
            }
            foreach (var one in bytes[(words.Length * sizeof(ulong))..])
            {
                state = BitOperations.Crc32C(state, one);
            }
            _state = state;
        }

        private protected override int Finish(Span<byte> digest)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest, ~_state);
            return sizeof(uint);
        }
    }
}
