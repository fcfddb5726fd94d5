using Skein.Core.Errors;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary>
/// Options of AIStore's object API that are not implemented. They are refused: an option that is ignored
/// can lose data.
/// </summary>
internal static class UnservedObjectOptions
{
    private static readonly string[] OnGet =
        ["etl_name", "etl_pipeline", "uploadId", "uploads"];

    private static readonly string[] OnPut = ["etl_name", "etl_pipeline"];

    /// <summary>Refuses options of GET.</summary>
    public static void RefuseOnGet(RequestContext request) => Refuse(request, OnGet);

    /// <summary>Refuses options of PUT.</summary>
    public static void RefuseOnPut(RequestContext request) => Refuse(request, OnPut);

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
                throw name.StartsWith("etl_", StringComparison.Ordinal)
                    ? UnservedResources.NeedsKubernetes()
                    : new StoreException(
                        StoreErrorCode.NotImplemented, $"{request.Method} with \"{name}\" is not implemented");
            }
        }
    }
}
