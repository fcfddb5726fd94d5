using System.Text;
using Skein.Core.Buckets;

namespace Skein.Storage.Objects;

/// <summary>A bucket's folders on one mountpath: <c>@provider/[@uuid#namespace/]bucket/{%ob,%wk}</c>.</summary>
internal sealed class BucketFolder
{
    /// <summary>Objects.</summary>
    public const string ObjectsName = "%ob";

    /// <summary>Files being written.</summary>
    public const string WorkName = "%wk";

    private object? _verified;

    public BucketFolder(string mountpath, BucketName bucket)
    {
        Bucket = bucket;
        Root = bucket.Namespace.IsGlobal
            ? $"{mountpath}/@{bucket.Provider}/{bucket.Name}"
            : $"{mountpath}/@{bucket.Provider}/{bucket.Namespace.Uname}/{bucket.Name}";
        Objects = $"{Root}/{ObjectsName}";
        Work = $"{Root}/{WorkName}";
        ObjectsBytes = Encoding.UTF8.GetByteCount(Objects);
    }

    public BucketName Bucket { get; }

    public string Root { get; }

    public string Objects { get; }

    public string Work { get; }

    /// <summary>The bucket id that the folder is known to have; null when nobody has looked yet.</summary>
    public ulong? VerifiedId
    {
        get => Volatile.Read(ref _verified) is { } boxed ? (ulong)boxed : null;
        set => Volatile.Write(ref _verified, value);
    }

    /// <summary>Length of <see cref="Objects"/> in UTF-8 bytes.</summary>
    public int ObjectsBytes { get; }
}
