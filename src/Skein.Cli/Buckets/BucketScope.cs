using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Cli.Buckets;

/// <summary>Many buckets by what they have in common: a provider, or a namespace of one.</summary>
/// <param name="Provider">Canonical provider.</param>
/// <param name="Namespace">The namespace; null for all.</param>
internal sealed record BucketScope(string Provider, BucketNamespace? Namespace)
{
    private static readonly string[] BareWords = ["ais", "aws", "s3", "gcp", "gs", "azure", "az", "oci", "oc", "ht"];

    /// <summary>
    /// Reads <c>ais:</c>, <c>ais://</c>, <c>ais://#ns</c>, <c>ais://@cluster</c>, or a provider's bare name as <c>s3</c>.
    /// </summary>
    /// <returns>Null when the text means one bucket.</returns>
    /// <exception cref="CliException">When it names no provider.</exception>
    public static BucketScope? TryParse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var rest = colon < 0 ? "" : text[(colon + 1)..].TrimStart('/');
        var isOneBucket = colon < 0
            ? !BareWords.Contains(text)
            : rest.Length != 0 && (rest[0] is not ('@' or '#') || rest.TrimEnd('/').Contains('/'));
        if (isOneBucket)
        {
            return null;
        }
        try
        {
            var provider = Providers.Normalize(colon < 0 ? text : text[..colon]);
            return new BucketScope(provider, rest.Length == 0 ? null : BucketNamespace.Parse(rest.TrimEnd('/')));
        }
        catch (StoreException e)
        {
            throw new CliException(e.Message, "write it as ais://, s3:// or gs://");
        }
    }

    /// <summary>True for a bucket of them.</summary>
    public bool Holds(BucketName bucket) =>
        bucket.Provider == Provider && (Namespace is null || bucket.Namespace == Namespace);
}
