using Skein.Core.Errors;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary>
/// Options and actions of AIStore's object API that are not implemented. They are refused: an option that is ignored
/// can lose data (a PUT that asks for a copy would store its empty body).
/// </summary>
internal static class UnservedObjectOptions
{
    private static readonly string[] OnGet =
        ["etl_name", "etl_pipeline", "uploadId", "uploads"];

    private static readonly string[] OnPut =
        ["append_type", "append_handle", "object_to", "etl_name", "etl_pipeline", "uploadId", "partNumber"];

    private static readonly string[] OnDelete = ["uploadId"];

    private static readonly string[] Actions =
    [
        "rename-obj", "promote", "blob-download", "check-lock", "mpt-upload", "mpt-complete", "mpt-abort",
    ];

    /// <summary>Refuses options of GET.</summary>
    public static void RefuseOnGet(RequestContext request) => Refuse(request, OnGet);

    /// <summary>Refuses options of PUT.</summary>
    public static void RefuseOnPut(RequestContext request) => Refuse(request, OnPut);

    /// <summary>Refuses options of DELETE.</summary>
    public static void RefuseOnDelete(RequestContext request) => Refuse(request, OnDelete);

    /// <summary>The error for a POST with that action.</summary>
    public static StoreException Action(string action) => Actions.Contains(action)
        ? new StoreException(StoreErrorCode.NotImplemented, $"action \"{action}\" is not implemented")
        : new StoreException(StoreErrorCode.InvalidRequest, $"invalid action \"{action}\"");

    private static void Refuse(RequestContext request, string[] names)
    {
        if (request.Path.RawQuery.Length == 0)
        {
            return;
        }
        foreach (var name in names)
        {
            if (request.Query.Get(name).Length != 0)
            {
                throw new StoreException(
                    StoreErrorCode.NotImplemented, $"{request.Method} with \"{name}\" is not implemented");
            }
        }
    }
}
