using Skein.Core.Errors;

namespace Skein.Gateway.Rest;

/// <summary>AIStore's bucket actions that are known but not implemented, by verb.</summary>
internal static class BucketActions
{
    public static readonly string[] OnPost =
    [
        "move-bck", "copy-bck", "etl-bck", "copy-listrange", "etl-listrange", "prefetch-listrange", "make-n-copies",
        "ec-encode", "rechunk", "create-inventory", "summary-bck",
    ];

    public static readonly string[] OnDelete = ["delete-listrange", "evict-listrange", "destroy-inventory"];

    public static readonly string[] OnPut = ["archive"];

    /// <summary>The error for an action that is not served: 501 when it is known, else 400.</summary>
    public static StoreException Error(string action, string[] known) =>
        known.Contains(action) ? NotImplemented(action) : Invalid(action);

    public static StoreException NotImplemented(string action) =>
        new(StoreErrorCode.NotImplemented, $"action \"{action}\" is not implemented");

    public static StoreException Invalid(string action) =>
        new(StoreErrorCode.InvalidRequest, $"invalid action \"{action}\"");
}
