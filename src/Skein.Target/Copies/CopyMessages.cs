using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Target.Copies;

/// <summary>What one target tells another of a copy, before the bytes.</summary>
internal sealed record CopyOffer
{
    /// <summary>The destination bucket by its unique name.</summary>
    public required string Bucket { get; init; }

    /// <summary>Its id: a bucket that was made anew is another one.</summary>
    public required ulong BucketId { get; init; }

    /// <summary>Name of the copy.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Type of the checksum of the bytes.</summary>
    public string ChecksumType { get; init; } = ChecksumTypes.None;

    /// <summary>The checksum.</summary>
    public string ChecksumValue { get; init; } = "";

    /// <summary>True to leave an object alone that has the name already, whatever it is.</summary>
    public bool OnlyIfMissing { get; init; }

    /// <summary>Custom metadata.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Custom { get; init; } = [];
}

/// <summary>The answer to an offer or to a copy.</summary>
/// <param name="WasThere">True when nothing was, or is to be, written: the destination has what is wanted.</param>
internal sealed record CopyAnswer(bool WasThere);

/// <summary>
/// The messages: an offer in JSON with its length in front (four bytes, little-endian); for a copy the bytes follow.
/// </summary>
internal static class CopyMessages
{
    /// <summary>Asks whether the destination has the same already.</summary>
    public const string AskPath = "/v1/copies/ask";

    /// <summary>Stores a copy.</summary>
    public const string StorePath = "/v1/copies/store";

    public const string MediaType = "application/vnd.skein.copy";

    /// <summary>Longest offer in bytes: a name and custom metadata, escaped.</summary>
    public const int MaxOffer = 256 << 10;

    /// <summary>Longest answer in bytes.</summary>
    public const int MaxAnswer = 4 << 10;

    /// <summary>An offer with its length in front.</summary>
    public static byte[] Encode(CopyOffer offer)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(offer, CopyJsonContext.Default.CopyOffer);
        var bytes = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, sizeof(int));
        return bytes;
    }

    /// <summary>The length that stands in front of an offer.</summary>
    /// <exception cref="StoreException">When it makes no sense.</exception>
    public static int ReadLength(ReadOnlySpan<byte> head)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        return length is > 0 and <= MaxOffer
            ? length
            : throw new StoreException(StoreErrorCode.InvalidRequest, $"an offer of {length} bytes");
    }

    /// <summary>Reads an offer.</summary>
    /// <exception cref="StoreException">When it is none.</exception>
    public static CopyOffer Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, CopyJsonContext.Default.CopyOffer)
                ?? throw new StoreException(StoreErrorCode.InvalidRequest, "an empty offer");
        }
        catch (JsonException e)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"the offer cannot be read: {WireJson.Reason(e)}", e);
        }
    }
}

/// <summary>JSON of the messages.</summary>
[JsonSerializable(typeof(CopyOffer))]
[JsonSerializable(typeof(CopyAnswer))]
internal sealed partial class CopyJsonContext : JsonSerializerContext;
