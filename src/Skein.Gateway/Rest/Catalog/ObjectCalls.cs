namespace Skein.Gateway.Rest.Catalog;

/// <summary>Calls on one object.</summary>
internal static class ObjectCalls
{
    private const string Path = "/v1/objects/BUCKET/NAME";

    public static readonly ApiCall[] All =
    [
        new("GET", Path, "", "read an object or a range of it (`Range`)") { Parameters = ["latest-ver"] },
        new("GET", Path, "archpath=", "read one file of an archive") { Parameters = ["archmime"] },
        new("GET", Path, "archmode=", "read the files of an archive that match, as TAR")
        {
            Parameters = ["archregx", "archmime"],
        },
        new("GET", Path, "etl_name=", "read through a transformation")
        {
            Parameters = ["etl_args", "etl_pipeline"],
            IsServed = false,
            Refusal = 400,
        },
        new("HEAD", Path, "", "attributes of an object") { Parameters = ["presence", "latest-ver", "props"] },
        new("PUT", Path, "", "store an object") { Parameters = ["skip_vc"] },
        new("PUT", Path, "append_type=", "append to an object that becomes visible with `flush`")
        {
            Parameters = ["append_handle"],
        },
        new("PUT", Path, "archpath=", "add a file to an archive (`Ais-Pine`)") { Parameters = ["archmime"] },
        new("PUT", Path, "object_to=", "copy an object") { Parameters = ["latest-ver", "synchronize"] },
        new("PUT", Path, "partNumber=", "store a part of a multipart upload") { Parameters = ["uploadId"] },
        new("DELETE", Path, "", "delete an object"),
        new("DELETE", Path, "action=evict-listrange", "remove the copy of a remote object from the cluster"),
        new("DELETE", Path, "action=mpt-abort", "give a multipart upload up") { Parameters = ["uploadId"] },
        new("PATCH", Path, "", "change custom metadata") { Parameters = ["set-new-custom"] },
        new("POST", Path, "action=rename-obj", "rename an object"),
        new("POST", Path, "action=check-lock", "is somebody reading or writing it?"),
        new("POST", Path, "action=mpt-upload", "begin a multipart upload"),
        new("POST", Path, "action=mpt-complete", "make an object of the parts") { Parameters = ["uploadId"] },
    ];
}
