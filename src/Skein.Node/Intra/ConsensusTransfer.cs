using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Cluster.Consensus;
using Skein.Core.Maps;

namespace Skein.Node.Intra;

/// <summary>The fields of every consensus message in one flat object.</summary>
internal sealed record ConsensusEnvelope
{
    [JsonPropertyName("kind")]
    public string Kind { get; init; } = "";

    [JsonPropertyName("from")]
    public string From { get; init; } = "";

    [JsonPropertyName("incarnation")]
    public string Incarnation { get; init; } = "";

    [JsonPropertyName("uuid")]
    public string Uuid { get; init; } = "";

    [JsonPropertyName("generation")]
    public long Generation { get; init; }

    [JsonPropertyName("term")]
    public long Term { get; init; }

    [JsonPropertyName("stamp")]
    public string Stamp { get; init; } = "0.0.0";

    [JsonPropertyName("committed")]
    public string Committed { get; init; } = "0.0.0";

    [JsonPropertyName("hash")]
    public string Hash { get; init; } = "";

    [JsonPropertyName("yes")]
    public bool Yes { get; init; }

    [JsonPropertyName("proposed_generation")]
    public long ProposedGeneration { get; init; }

    [JsonPropertyName("proposed_term")]
    public long ProposedTerm { get; init; }

    [JsonPropertyName("sent_at")]
    public long SentAt { get; init; }
}

/// <summary>The envelope in JSON.</summary>
[JsonSerializable(typeof(ConsensusEnvelope))]
internal sealed partial class ConsensusJsonContext : JsonSerializerContext;

/// <summary>
/// A consensus message on its way: length of the envelope (u32, little-endian), the envelope in JSON, and for a
/// document its compressed bytes to the end.
/// </summary>
internal static class ConsensusTransfer
{
    /// <summary>Longest message, in bytes.</summary>
    public const int MaxMessage = 4 + MaxEnvelope + DocumentTransfer.MaxBody;

    private const int MaxEnvelope = 16 << 10;

    /// <summary>Writes a message.</summary>
    public static byte[] Write(ConsensusMessage message)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(Wrap(message), ConsensusJsonContext.Default.ConsensusEnvelope);
        var body = message switch
        {
            AppendRequest { Body: { } document } => DocumentTransfer.Pack(document),
            DocumentOffer offer => DocumentTransfer.Pack(offer.Body),
            _ => [],
        };
        var bytes = new byte[4 + head.Length + body.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)head.Length);
        head.CopyTo(bytes, 4);
        body.CopyTo(bytes, 4 + head.Length);
        return bytes;
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">When it cannot be understood.</exception>
    public static ConsensusMessage Read(byte[] bytes)
    {
        if (bytes.Length < 4)
        {
            throw new InvalidDataException($"consensus message of {bytes.Length} bytes in all");
        }
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length is 0 or > MaxEnvelope || length > bytes.Length - 4)
        {
            throw new InvalidDataException($"consensus message with an envelope of {length} bytes");
        }
        var end = 4 + (int)length;
        try
        {
            var envelope = JsonSerializer.Deserialize(
                bytes.AsSpan(4, (int)length), ConsensusJsonContext.Default.ConsensusEnvelope)
                ?? throw new InvalidDataException("empty consensus message");
            var hasBody = envelope is { Kind: "append", Yes: true } or { Kind: "offer" };
            if (!hasBody && end != bytes.Length)
            {
                throw new InvalidDataException($"consensus message with {bytes.Length - end} bytes too many");
            }
            return Unwrap(envelope, hasBody ? DocumentTransfer.Unpack(bytes, end) : null);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"consensus message cannot be read: {e.Message}", e);
        }
    }

    private static ConsensusEnvelope Wrap(ConsensusMessage message)
    {
        var envelope = new ConsensusEnvelope
        {
            From = message.From,
            Incarnation = message.Incarnation,
            Uuid = message.Uuid,
            Generation = message.Epoch.Generation,
            Term = message.Epoch.Term,
        };
        return message switch
        {
            PreVoteRequest m => envelope with { Kind = "pre-vote", Stamp = m.Last.ToString() },
            PreVoteReply m => envelope with
            {
                Kind = "pre-vote-reply",
                Yes = m.Granted,
                ProposedGeneration = m.Proposed.Generation,
                ProposedTerm = m.Proposed.Term,
            },
            VoteRequest m => envelope with { Kind = "vote", Stamp = m.Last.ToString(), Yes = m.Transfer },
            VoteReply m => envelope with { Kind = "vote-reply", Yes = m.Granted },
            AppendRequest m => envelope with
            {
                Kind = "append",
                Stamp = m.Stamp.ToString(),
                Hash = m.Hash,
                Committed = m.Committed.ToString(),
                Yes = m.Body is not null,
                SentAt = m.SentAt,
            },
            AppendReply m => envelope with
            {
                Kind = "append-reply",
                Stamp = m.Holds.ToString(),
                Hash = m.Hash,
                SentAt = m.SentAt,
            },
            StandNow => envelope with { Kind = "stand-now" },
            DocumentOffer => envelope with { Kind = "offer" },
            _ => throw new InvalidOperationException($"no wire form for {message.GetType().Name}"),
        };
    }

    private static ConsensusMessage Unwrap(ConsensusEnvelope e, SealedDocument? body)
    {
        var epoch = new Epoch(e.Generation, e.Term);
        if (!DocumentStamp.TryParse(e.Stamp, out var stamp) || !DocumentStamp.TryParse(e.Committed, out var committed))
        {
            throw new InvalidDataException("consensus message with a bad stamp");
        }
        return e.Kind switch
        {
            "pre-vote" => new PreVoteRequest(e.From, e.Incarnation, e.Uuid, epoch, stamp),
            "pre-vote-reply" => new PreVoteReply(
                e.From, e.Incarnation, e.Uuid, epoch, new Epoch(e.ProposedGeneration, e.ProposedTerm), e.Yes),
            "vote" => new VoteRequest(e.From, e.Incarnation, e.Uuid, epoch, stamp, e.Yes),
            "vote-reply" => new VoteReply(e.From, e.Incarnation, e.Uuid, epoch, e.Yes),
            "append" => new AppendRequest(
                e.From, e.Incarnation, e.Uuid, epoch, stamp, e.Hash, committed, body, e.SentAt),
            "append-reply" => new AppendReply(e.From, e.Incarnation, e.Uuid, epoch, stamp, e.Hash, e.SentAt),
            "stand-now" => new StandNow(e.From, e.Incarnation, e.Uuid, epoch),
            "offer" when body is not null => new DocumentOffer(e.From, e.Incarnation, e.Uuid, epoch, body),
            _ => throw new InvalidDataException($"unknown consensus message \"{e.Kind}\""),
        };
    }
}
