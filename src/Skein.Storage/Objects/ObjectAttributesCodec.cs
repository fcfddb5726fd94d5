using Skein.Core.Objects;

namespace Skein.Storage.Objects;

/// <summary>Attributes of an object as bytes, in the form in which they are stored: for copies that move.</summary>
public static class ObjectAttributesCodec
{
    /// <summary>Writes them.</summary>
    public static byte[] Encode(ObjectAttributes attributes, ulong bucketId) =>
        ObjectHeaderCodec.Encode(new ObjectHeader(attributes, bucketId, null));

    /// <summary>Reads them; null when the bytes are not what this program writes for an object of that bucket.</summary>
    public static ObjectAttributes? Decode(ReadOnlySpan<byte> bytes, ulong bucketId) =>
        ObjectHeaderCodec.Decode(bytes) is { } header && header.BucketId == bucketId ? header.Attributes : null;
}
