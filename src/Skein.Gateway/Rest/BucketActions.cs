using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Rest.Catalog;

namespace Skein.Gateway.Rest;

/// <summary>Errors for actions on buckets.</summary>
internal static class BucketActions
{
    private const string Path = "/v1/buckets/BUCKET";

    /// <summary>
    /// The error for an action that is not served: 501 when clients know it, 400 when they do not, and for transformations
    /// as a cluster outside of Kubernetes refuses them.
    /// </summary>
    public static StoreException Error(string verb, string action) => action switch
    {
        Actions.TransformBucket or Actions.TransformNames when verb == "POST" => UnservedResources.NeedsKubernetes(),
        _ when ApiCatalog.Knows(verb, Path, action) =>
            new StoreException(StoreErrorCode.NotImplemented, $"action \"{action}\" is not implemented"),
        _ => new StoreException(
            StoreErrorCode.InvalidRequest, $"invalid action \"{(action.Length > 64 ? action[..64] : action)}\""),
    };
}
