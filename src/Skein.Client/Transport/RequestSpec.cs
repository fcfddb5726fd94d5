using System.Text;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Client.Transport;

/// <summary>One call, in a form from which the HTTP request can be made as often as need be.</summary>
/// <param name="Method">Verb.</param>
/// <param name="Path">Path, escaped, beginning with a slash.</param>
internal sealed record RequestSpec(HttpMethod Method, string Path)
{
    /// <summary>Query, escaped, without the question mark; may be empty.</summary>
    public string Query { get; init; } = "";

    /// <summary>Headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>A JSON body; null for none.</summary>
    public byte[]? Json { get; init; }

    /// <summary>The body of an object; null for none.</summary>
    public ObjectSource? Body { get; init; }

    /// <summary>Told the number of body bytes sent, piece by piece; what a failed attempt sent is taken back.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>True when doing it twice is as good as once, so that a lost answer may be asked for again.</summary>
    public bool IsIdempotent { get; init; } = true;

    /// <summary>False to fail on the first refusal; endpoints that cannot be reached are still passed over.</summary>
    public bool MayRetry { get; init; } = true;

    /// <summary>The path of a bucket.</summary>
    public static string BucketPath(BucketName bucket) => "/v1/buckets/" + Uri.EscapeDataString(bucket.Name);

    /// <summary>The path of the objects of a bucket, for calls that name them in the body.</summary>
    public static string ObjectsPath(BucketName bucket) => "/v1/objects/" + Uri.EscapeDataString(bucket.Name);

    /// <summary>The path of an object; the slashes of its name stay.</summary>
    public static string ObjectPath(BucketName bucket, string name) =>
        $"{ObjectsPath(bucket)}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";

    /// <summary>The query that completes a bucket's name.</summary>
    public static string BucketQuery(BucketName bucket)
    {
        var query = new StringBuilder(QueryNames.Provider).Append('=').Append(bucket.Provider);
        if (!bucket.Namespace.IsGlobal)
        {
            query.Append('&').Append(QueryNames.Namespace).Append('=')
                .Append(Uri.EscapeDataString(bucket.Namespace.ToString()));
        }
        return query.ToString();
    }
}
