using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Skein.Core.Buckets;
using Skein.Core.Objects;

namespace Skein.Target.Moves;

/// <summary>One object that belongs to another target.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Stamp">Which write it is.</param>
/// <param name="Size">Bytes.</param>
internal sealed record MovingObject(string Name, WriteStamp Stamp, long Size);

/// <summary>Objects of one bucket that a target offers to their owner, or asks for.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="BucketId">Its id: a bucket that was made anew is another one.</param>
/// <param name="OwnersVersion">Version of the owners by which they belong there.</param>
/// <param name="Objects">The objects.</param>
internal sealed record MoveBatch(BucketName Bucket, ulong BucketId, long OwnersVersion, IReadOnlyList<MovingObject> Objects);

/// <summary>What the owner says of an object that it was offered.</summary>
internal enum MoveOutcome : byte
{
    /// <summary>Not taken, for now: offer it again.</summary>
    Retry,

    /// <summary>It is on the owner's disk now.</summary>
    Taken,

    /// <summary>The owner has this write or a newer one.</summary>
    Superseded,

    /// <summary>It went away meanwhile.</summary>
    Gone,

    /// <summary>It cannot be taken: see the message.</summary>
    Failed,
}

/// <summary>The owner's answer to an offer.</summary>
/// <param name="Outcomes">One for each object, in the order of the offer.</param>
/// <param name="Load">How much clients want of the owner at the moment.</param>
/// <param name="Problem">The first thing that went wrong; empty for nothing.</param>
internal sealed record MoveAnswer(IReadOnlyList<MoveOutcome> Outcomes, LoadLevel Load, string Problem);

/// <summary>The messages in binary, little-endian: docs/reference/rebalance.md.</summary>
internal static class MoveMessages
{
    public const string OfferPath = "/v1/rebalance/offer";
    public const string FetchPath = "/v1/rebalance/fetch";
    public const string MediaType = "application/vnd.skein.moves";

    /// <summary>Largest description of one object.</summary>
    public const int MaxHeaderBytes = 64 << 10;

    private const byte Version = 1;

    public static byte[] Encode(MoveBatch batch)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + (batch.Objects.Count * 64));
        Byte(buffer, Version);
        Text(buffer, batch.Bucket.Uname);
        Number(buffer, (long)batch.BucketId);
        Number(buffer, batch.OwnersVersion);
        Number(buffer, batch.Objects.Count);
        foreach (var item in batch.Objects)
        {
            Text(buffer, item.Name);
            Number(buffer, item.Stamp.Ownership);
            Number(buffer, item.Stamp.Clock);
            Number(buffer, item.Size);
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">When the bytes are no batch.</exception>
    public static MoveBatch DecodeBatch(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        reader.Version();
        var bucket = BucketName.ParseUname(reader.Text());
        var (id, owners, count) = ((ulong)reader.Number(), reader.Number(), reader.Number());
        if (count is < 0 or > MoveLimits.BatchObjects)
        {
            throw new InvalidDataException($"a batch of {count} objects");
        }
        var objects = new MovingObject[count];
        for (var i = 0; i < objects.Length; i++)
        {
            objects[i] = new MovingObject(
                reader.Text(), new WriteStamp(reader.Number(), reader.Number()), reader.Number());
        }
        reader.End();
        return new MoveBatch(bucket, id, owners, objects);
    }

    public static byte[] Encode(MoveAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + answer.Outcomes.Count);
        Byte(buffer, Version);
        Byte(buffer, (byte)answer.Load);
        Text(buffer, answer.Problem);
        Number(buffer, answer.Outcomes.Count);
        foreach (var outcome in answer.Outcomes)
        {
            Byte(buffer, (byte)outcome);
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">When the bytes are no answer to a batch of that many objects.</exception>
    public static MoveAnswer DecodeAnswer(ReadOnlySpan<byte> bytes, int expected)
    {
        var reader = new Reader(bytes);
        reader.Version();
        var load = (LoadLevel)reader.Byte();
        var problem = reader.Text();
        if (reader.Number() != expected)
        {
            throw new InvalidDataException("an answer to another batch");
        }
        var outcomes = new MoveOutcome[expected];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var outcome = reader.Byte();
            outcomes[i] = outcome <= (byte)MoveOutcome.Failed
                ? (MoveOutcome)outcome
                : throw new InvalidDataException($"outcome {outcome}");
        }
        reader.End();
        return new MoveAnswer(outcomes, load, problem);
    }

    private static void Byte(ArrayBufferWriter<byte> buffer, byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    private static void Number(ArrayBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), value);
        buffer.Advance(sizeof(long));
    }

    private static void Text(ArrayBufferWriter<byte> buffer, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), length);
        buffer.Advance(sizeof(int));
        buffer.Advance(Encoding.UTF8.GetBytes(value, buffer.GetSpan(length)));
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public byte Byte() => Take(1)[0];

        public long Number() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

        public string Text()
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
            return Encoding.UTF8.GetString(Take(length));
        }

        public void Version()
        {
            var version = Byte();
            if (version != MoveMessages.Version)
            {
                throw new InvalidDataException(
                    $"version {version} of the messages about moves; this build speaks {MoveMessages.Version}");
            }
        }

        public readonly void End()
        {
            if (!_rest.IsEmpty)
            {
                throw new InvalidDataException("bytes after the end of a message");
            }
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > _rest.Length)
            {
                throw new InvalidDataException("a message ends too early");
            }
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
