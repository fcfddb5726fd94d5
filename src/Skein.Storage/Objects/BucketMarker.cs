using System.Buffers.Binary;
using System.IO.Hashing;
using Skein.Storage.Disk;

namespace Skein.Storage.Objects;

/// <summary>
/// The bucket id as an attribute of the bucket's object folder, so that what an older bucket of the same name left is
/// told from the bucket's own.
/// </summary>
internal static class BucketMarker
{
    private const byte FormatVersion = 1;
    private const int Bytes = 1 + sizeof(ulong) + sizeof(ulong);

    /// <summary>Sets the id.</summary>
    public static void Write(IDisk disk, string folder, ulong bucketId)
    {
        Span<byte> marker = stackalloc byte[Bytes];
        marker[0] = FormatVersion;
        BinaryPrimitives.WriteUInt64LittleEndian(marker[1..], bucketId);
        BinaryPrimitives.WriteUInt64LittleEndian(marker[9..], XxHash64.HashToUInt64(marker[..9]));
        using var handle = disk.OpenRead(folder);
        if (handle is not null)
        {
            disk.WriteMetadata(handle, marker);
        }
    }

    /// <summary>Reads the id; null when the folder does not exist or has none.</summary>
    public static ulong? Read(IDisk disk, string folder)
    {
        Span<byte> marker = stackalloc byte[Bytes];
        using var handle = disk.OpenRead(folder);
        return handle is not null && disk.ReadMetadata(handle, marker) == Bytes && marker[0] == FormatVersion
            && BinaryPrimitives.ReadUInt64LittleEndian(marker[9..]) == XxHash64.HashToUInt64(marker[..9])
            ? BinaryPrimitives.ReadUInt64LittleEndian(marker[1..]) : null;
    }
}
