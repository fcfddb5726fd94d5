using System.Buffers;
using Skein.Core.Errors;

namespace Skein.Core.Buckets;

/// <summary>
/// The full name of a bucket: provider, namespace and name. Two names that differ in any part are two buckets.
/// </summary>
/// <param name="Name">The bucket's own name.</param>
/// <param name="Provider">Canonical provider: <c>ais</c>, <c>aws</c>, <c>gcp</c>, <c>azure</c>, <c>oci</c> or <c>ht</c>.</param>
/// <param name="Namespace">Namespace; <see cref="BucketNamespace.Global"/> by default.</param>
public sealed record BucketName(string Name, string Provider, BucketNamespace Namespace) : IComparable<BucketName>
{
    /// <summary>Longest bucket name, in characters (the file system's limit of one path component).</summary>
    public const int MaxLength = 255;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>A bucket of the provider <c>ais</c> in the global namespace.</summary>
    public static BucketName Ais(string name) => new(name, Providers.Ais, BucketNamespace.Global);

    /// <summary>True when the objects are kept elsewhere, in a cloud or another cluster, and only cached here.</summary>
    public bool IsRemote => Provider != Providers.Ais || Namespace.IsRemote;

    /// <summary>
    /// AIStore's unique name without the trailing slash: <c>provider/@uuid#ns/bucket</c>; the global namespace
    /// prints as <c>@#</c>. Object names are appended after a slash for placement.
    /// </summary>
    public string Uname => $"{Provider}/{Namespace.Uname}/{Name}";

    /// <summary>How people see it: <c>ais://b</c>, <c>ais://#ns/b</c>, <c>s3://b</c>.</summary>
    public override string ToString() =>
        Namespace.IsGlobal
            ? $"{Providers.Scheme(Provider)}://{Name}"
            : $"{Providers.Scheme(Provider)}://{Namespace}/{Name}";

    /// <summary>Checks the name.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidBucketName"/>.</exception>
    public void Validate()
    {
        var bad = Name.Length is 0 or > MaxLength
            || Name.AsSpan().ContainsAnyExcept(Allowed)
            || Name == "."
            || Name.Contains("..", StringComparison.Ordinal);
        if (!bad)
        {
            return;
        }
        var shown = Name.Length > 64 ? string.Concat(Name.AsSpan(0, 64), "...") : Name;
        throw new StoreException(
            StoreErrorCode.InvalidBucketName,
            Name.Length > MaxLength
                ? $"bucket name \"{shown}\" is invalid: {Name.Length} characters, at most {MaxLength} are allowed"
                : $"bucket name \"{shown}\" is invalid: may only contain letters, numbers, dashes (-), "
                    + "underscores (_), and dots (.), not two dots in a row");
    }

    /// <summary>
    /// Builds and validates a name from its three parts as they stand in a URL.
    /// </summary>
    /// <param name="name">Bucket name, already decoded.</param>
    /// <param name="provider">Provider or alias; empty means <c>ais</c>.</param>
    /// <param name="ns">Namespace as <c>@uuid#name</c>, <c>#name</c>, <c>@uuid</c>; empty means global.</param>
    /// <exception cref="StoreException">When a part is invalid.</exception>
    public static BucketName Parse(string name, string? provider, string? ns)
    {
        var bucket = new BucketName(name, Providers.Normalize(provider), BucketNamespace.Parse(ns));
        bucket.Validate();
        return bucket;
    }

    /// <summary>
    /// Reads <c>ais://bucket[/object]</c>, <c>ais://@uuid#ns/bucket[/object]</c> or plain <c>bucket[/object]</c>.
    /// </summary>
    /// <param name="text">The text a person typed.</param>
    /// <param name="objectName">What follows the bucket, without the slash; empty when nothing does.</param>
    /// <exception cref="StoreException">When the text names no valid bucket.</exception>
    public static BucketName ParseUri(string text, out string objectName)
    {
        var provider = "";
        var rest = text;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            provider = text[..scheme];
            rest = text[(scheme + 3)..];
        }
        var ns = "";
        if (rest.Length > 0 && rest[0] is '@' or '#')
        {
            var end = rest.IndexOf('/', StringComparison.Ordinal);
            ns = end < 0 ? rest : rest[..end];
            rest = end < 0 ? "" : rest[(end + 1)..];
        }
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        objectName = slash < 0 ? "" : rest[(slash + 1)..];
        return Parse(slash < 0 ? rest : rest[..slash], provider, ns);
    }

    /// <summary>
    /// Reads AIStore's unique bucket name, with or without the trailing slash.
    /// </summary>
    /// <exception cref="StoreException">When it has not three parts or one of them is invalid.</exception>
    public static BucketName ParseUname(string uname)
    {
        var parts = uname.TrimEnd('/').Split('/', 3);
        return parts.Length == 3
            ? Parse(parts[2], parts[0], parts[1])
            : throw new StoreException(StoreErrorCode.InvalidBucketName, "bucket name is missing");
    }

    /// <summary>Orders by provider, then namespace, then name, each bytewise.</summary>
    public int CompareTo(BucketName? other)
    {
        if (other is null)
        {
            return 1;
        }
        var byProvider = string.CompareOrdinal(Provider, other.Provider);
        if (byProvider != 0)
        {
            return byProvider;
        }
        var byNamespace = string.CompareOrdinal(Namespace.Uname, other.Namespace.Uname);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <(BucketName left, BucketName right) => left.CompareTo(right) < 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >(BucketName left, BucketName right) => left.CompareTo(right) > 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <=(BucketName left, BucketName right) => left.CompareTo(right) <= 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >=(BucketName left, BucketName right) => left.CompareTo(right) >= 0;
}
