using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.Storage.Uploads;

/// <summary>How an upload is made and ended.</summary>
public enum UploadKind
{
    /// <summary>Pieces that follow each other; each is known by the offset of its first byte.</summary>
    Append,

    /// <summary>Pieces with numbers, in any order.</summary>
    Multipart,
}

/// <summary>An object that comes in pieces and is not visible yet.</summary>
public sealed class Upload
{
    internal Upload(string id, string folder, StorageUnit unit, BucketRef bucket, ObjectHeader manifest)
    {
        (Id, Folder, Unit, Bucket) = (id, folder, unit, bucket);
        Name = manifest.Name ?? "";
        Custom = manifest.Attributes.Custom;
        IsDone = manifest.Attributes.Version == UploadStore.DoneMark;
        Kind = manifest.Attributes.Version == UploadStore.MultipartMark ? UploadKind.Multipart : UploadKind.Append;
    }

    /// <summary>Id, unique among all uploads of all targets.</summary>
    public string Id { get; }

    /// <summary>Name of the object to be.</summary>
    public string Name { get; }

    /// <summary>Custom metadata of the object to be.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Custom { get; }

    /// <summary>Its kind; means nothing once it is done.</summary>
    public UploadKind Kind { get; }

    /// <summary>True when the object has been made: what is left only tells so.</summary>
    public bool IsDone { get; }

    internal string Folder { get; }

    internal StorageUnit Unit { get; }

    internal BucketRef Bucket { get; }
}

/// <summary>One piece of an upload.</summary>
/// <param name="Number">Number of the part, or offset of the first byte.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Checksum">Checksum of the bytes.</param>
/// <param name="Written">When it was written, Unix nanoseconds.</param>
public sealed record UploadPiece(long Number, long Size, Checksum Checksum, long Written);
