using Skein.Core.Errors;

namespace Skein.Core.Buckets;

/// <summary>The storage providers by their canonical names, aliases and URL schemes.</summary>
public static class Providers
{
    /// <summary>Skein's own buckets.</summary>
    public const string Ais = "ais";

    /// <summary>Canonical name of a provider or alias; empty means <see cref="Ais"/>. Case matters.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidProvider"/>.</exception>
    public static string Normalize(string? provider) => provider switch
    {
        null or "" or Ais => Ais,
        "aws" or "s3" => "aws",
        "gcp" or "gs" or "google" => "gcp",
        "azure" or "az" => "azure",
        "oci" or "oc" => "oci",
        "ht" or "http" => "ht",
        _ => throw new StoreException(
            StoreErrorCode.InvalidProvider,
            $"invalid backend provider \"{(provider.Length > 40 ? provider[..40] : provider)}\": must be one of "
                + "[ais, aws (s3://), gcp (gs://), azure (az://), oci (oc://), ht://]"),
    };

    /// <summary>The URL scheme by which people name the provider.</summary>
    public static string Scheme(string provider) => provider switch
    {
        "aws" => "s3",
        "gcp" => "gs",
        "azure" => "az",
        "oci" => "oc",
        _ => provider,
    };
}
