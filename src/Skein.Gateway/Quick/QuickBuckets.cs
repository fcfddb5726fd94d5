using System.Collections.Concurrent;
using System.Text;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Quick;

/// <summary>A bucket whose objects may be answered for quickly.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Props">Its properties.</param>
internal sealed record QuickBucket(BucketName Name, BucketProps Props)
{
    /// <summary>Its unique name in UTF-8.</summary>
    public ReadOnlyMemory<byte> UnameBytes { get; } = Encoding.UTF8.GetBytes(Name.Uname);

    /// <summary>Its unique name in UTF-8.</summary>
    public ReadOnlySpan<byte> Uname => UnameBytes.Span;
}

/// <summary>The buckets of one control document as quick answers need them. Thread-safe.</summary>
/// <param name="document">The document.</param>
internal sealed class QuickBuckets(SealedDocument document)
{
    private readonly ConcurrentDictionary<string, QuickBucket?> _known = new(StringComparer.Ordinal);

    /// <summary>The document.</summary>
    public SealedDocument Document { get; } = document;

    /// <summary>The buckets of a document: those that are kept, if they are of it, else new ones, which are kept then.</summary>
    /// <param name="document">The document.</param>
    /// <param name="kept">Where they are kept; several threads may use it at once.</param>
    public static QuickBuckets Of(SealedDocument document, ref QuickBuckets kept)
    {
        var buckets = Volatile.Read(ref kept);
        if (buckets.Document != document)
        {
            Volatile.Write(ref kept, buckets = new QuickBuckets(document));
        }
        return buckets;
    }

    /// <summary>
    /// A bucket of this cluster by its name without provider; null when there is none, or something about it needs more than
    /// a look at a file. Only buckets of the document are remembered.
    /// </summary>
    /// <param name="asciiName">The name, as it stands in a request.</param>
    public QuickBucket? Find(ReadOnlySpan<byte> asciiName)
    {
        if (asciiName.Length > BucketName.MaxLength)
        {
            return null;
        }
        Span<char> chars = stackalloc char[BucketName.MaxLength];
        chars = chars[..Encoding.ASCII.GetChars(asciiName, chars)];
        if (_known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars, out var known))
        {
            return known;
        }
        var name = chars.ToString();
        var bucket = BucketName.Ais(name);
        if (!Document.Document.Exists || Document.Document.Buckets.Find(bucket) is not { } props)
        {
            return null;
        }
        return _known[name] = IsPlain(bucket, props) ? new QuickBucket(bucket, props) : null;
    }

    private static bool IsPlain(BucketName bucket, BucketProps props)
    {
        if (bucket.IsRemote || !props.Backend.IsEmpty || props.Renamed.Length != 0 || props.IsRenamedAway)
        {
            return false;
        }
        try
        {
            AccessCheck.Require(bucket, props, AccessPermissions.Get);
            return true;
        }
        catch (StoreException)
        {
            return false; // the HTTP server says why
        }
    }
}
