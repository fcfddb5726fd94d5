using Skein.Core.Errors;
using Skein.Gateway.Rest.Catalog;

namespace Skein.Gateway.Rest;

/// <summary>Errors for actions on buckets.</summary>
internal static class BucketActions
{
    private const string Path = "/v1/buckets/BUCKET";

    /// <summary>The error for an action that is not served: 501 when clients know it, else 400.</summary>
    public static StoreException Error(string verb, string action) =>
        ApiCatalog.Knows(verb, Path, action) ? NotImplemented(action) : Invalid(action);

    public static StoreException NotImplemented(string action) =>
        new(StoreErrorCode.NotImplemented, $"action \"{action}\" is not implemented");

    private static StoreException Invalid(string action) =>
        new(StoreErrorCode.InvalidRequest, $"invalid action \"{(action.Length > 64 ? action[..64] : action)}\"");
}
