using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Security.Cryptography;
using Skein.Core.Objects;

namespace Skein.Client.Objects;

/// <summary>A checksum that is computed while bytes pass by.</summary>
internal abstract class ContentHash : IDisposable
{
    private const int BufferSize = 128 * 1024;

    /// <summary>The hash of a type; null for <c>none</c> and for a type that this client does not know.</summary>
    public static ContentHash? Create(string type) => type switch
    {
        ChecksumTypes.XxHash or ChecksumTypes.XxHash2 => new XxHash(),
        ChecksumTypes.Crc32C => new Crc32C(),
        ChecksumTypes.Md5 => new Cryptographic(HashAlgorithmName.MD5),
        ChecksumTypes.Sha256 => new Cryptographic(HashAlgorithmName.SHA256),
        ChecksumTypes.Sha512 => new Cryptographic(HashAlgorithmName.SHA512),
        _ => null,
    };

    /// <summary>The checksum of everything a source holds.</summary>
    /// <exception cref="IOException">When the source cannot be read.</exception>
    public static async Task<Checksum> ComputeAsync(ObjectSource source, string type, CancellationToken cancellation)
    {
        using var hash = Create(type) ?? throw new ArgumentException($"unknown checksum type \"{type}\"", nameof(type));
        var stream = await source.OpenAsync(cancellation);
        try
        {
            var buffer = new byte[BufferSize];
            var left = source.Length ?? long.MaxValue;
            int read;
            while (left > 0 && (read = await stream.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(BufferSize, left)), cancellation)) != 0)
            {
                hash.Append(buffer.AsSpan(0, read));
                left -= read;
            }
        }
        finally
        {
            await source.CloseAsync(stream);
        }
        return new Checksum(type, hash.Hex());
    }

    /// <summary>Takes in bytes.</summary>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The digest in lower-case hex, most significant byte first.</summary>
    public abstract string Hex();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    private sealed class XxHash : ContentHash
    {
        private readonly XxHash64 _hash = new();

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);

        public override string Hex() => _hash.GetCurrentHashAsUInt64().ToString("x16", null);
    }

    private sealed class Crc32C : ContentHash
    {
        private uint _state = uint.MaxValue;

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            var state = _state;
            while (bytes.Length >= sizeof(ulong))
            {
                state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                bytes = bytes[sizeof(ulong)..];
            }
            foreach (var value in bytes)
            {
                state = BitOperations.Crc32C(state, value);
            }
            _state = state;
        }

        public override string Hex() => (~_state).ToString("x8", null);
    }

    private sealed class Cryptographic(HashAlgorithmName name) : ContentHash
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public override string Hex() => Convert.ToHexStringLower(_hash.GetCurrentHash());

        public override void Dispose()
        {
            _hash.Dispose();
            base.Dispose();
        }
    }
}
