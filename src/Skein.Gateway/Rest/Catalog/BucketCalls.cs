namespace Skein.Gateway.Rest.Catalog;

/// <summary>Calls on one bucket.</summary>
internal static class BucketCalls
{
    private const string Path = "/v1/buckets/BUCKET";

    public static readonly ApiCall[] All =
    [
        new("GET", Path, "", "a page of objects, as with the action `list`, for clients that send no body")
        {
            Parameters = ["prefix", "props", "flags", "pagesize", "continuation_token"],
        },
        new("GET", Path, "action=list", "a page of objects")
        {
            Parameters = ["dont_add_remote_bck_md", "dont_head_remote_bck"],
        },
        new("GET", Path, "action=summary-bck", "begin to sum a bucket up, or ask for the sums"),
        new("GET", Path, "action=show-inventory", "list inventories") { IsServed = false },
        new("HEAD", Path, "", "properties") { Parameters = ["presence", "dont_add_remote_bck_md", "dont_head_remote_bck"] },
        new("HEAD", Path, "bsumm_remote=", "properties and sums") { Parameters = ["uuid"] },
        new("POST", Path, "action=create-bck", "create a bucket, or note a remote one"),
        new("POST", Path, "action=move-bck", "rename a bucket") { Parameters = ["bck_to"] },
        new("POST", Path, "action=copy-bck", "copy a bucket") { Parameters = ["bck_to"] },
        new("POST", Path, "action=copy-listrange", "copy some objects"),
        new("POST", Path, "action=prefetch-listrange", "fetch remote objects into the cluster"),
        new("POST", Path, "action=etl-bck", "transform a bucket")
        {
            Parameters = ["bck_to"], IsServed = false, Refusal = 400,
        },
        new("POST", Path, "action=etl-listrange", "transform some objects") { IsServed = false, Refusal = 400 },
        new("POST", Path, "action=make-n-copies", "set the number of copies") { IsServed = false },
        new("POST", Path, "action=ec-encode", "erasure-code a bucket") { IsServed = false },
        new("POST", Path, "action=rechunk", "store objects in chunks of another size") { IsServed = false },
        new("POST", Path, "action=create-inventory", "make an inventory") { IsServed = false },
        new("PUT", Path, "action=archive", "put many objects into one archive"),
        new("DELETE", Path, "action=destroy-bck", "destroy a bucket"),
        new("DELETE", Path, "action=evict-remote-bck", "remove what is here of a remote bucket")
        {
            Parameters = ["keep_bck_md"],
        },
        new("DELETE", Path, "action=delete-listrange", "delete some objects"),
        new("DELETE", Path, "action=evict-listrange", "remove the copies of some remote objects from the cluster"),
        new("DELETE", Path, "action=destroy-inventory", "remove an inventory") { IsServed = false },
        new("PATCH", Path, "action=set-bprops", "change properties"),
        new("PATCH", Path, "action=reset-bprops", "take the properties of a new bucket"),
    ];
}
