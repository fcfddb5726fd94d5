using static Skein.ClusterTests.Contract.ContractRow;

namespace Skein.ClusterTests.Contract;

/// <summary>Rows about buckets.</summary>
internal static class BucketRows
{
    private const string B = "/v1/buckets/{b}";

    public static readonly ContractRow[] All =
    [
        new("3.1 list buckets", "GET", "/v1/buckets", 200) { Body = Act("list"), Says = "\"name\":\"{b}\"" },
        new("3.1 list buckets of a provider without backend", "GET", "/v1/buckets?provider=aws", 400)
        {
            Body = Act("list"), TypeCode = "ErrMissingBackend",
        },
        new("3.1 list buckets of a provider that is none", "GET", "/v1/buckets?provider=AIS", 400)
        {
            Body = Act("list"), TypeCode = "ErrInvalidBackendProvider",
            Says = "invalid backend provider \"AIS\": must be one of [",
        },
        new("3.1 list objects", "GET", B, 200)
        {
            Body = Act("list", """{"props":"name,size"}"""), Says = "\"continuation_token\":\"\"",
            Has = [("Content-Type", "application/json; charset=utf-8")],
        },
        new("3.2 list objects in MessagePack", "GET", B, 200)
        {
            Body = Act("list", "{}"), Headers = [("Accept", "application/msgpack")], Says = "ContinuationToken",
            Has = [("Content-Type", "application/msgpack")],
        },
        new("3.2 prefix", "GET", B, 200) { Body = Act("list", """{"prefix":"dir/"}"""), Says = "[{\"name\":\"dir/p\"" },
        new("3.2 prefix that leads out", "GET", B, 400) { Body = Act("list", """{"prefix":"../x"}""") },
        new("3.2 after a name", "GET", B, 200) { Body = Act("list", """{"start_after":"dir/p"}"""), Says = "[{\"name\":\"o\"" },
        new("3.2 page", "GET", B, 200)
        {
            Body = Act("list", """{"pagesize":1}"""), Says = "\"continuation_token\":\"a.tar\"",
        },
        new("3.2 page without a body", "GET", B + "?prefix=dir%2F&pagesize=1&props=name", 200)
        {
            Says = "\"entries\":[{\"name\":\"dir/p\"",
        },
        new("3.2 page of less than nothing", "GET", B, 400) { Body = Act("list", """{"pagesize":-1}""") },
        new("3.2 a message that is none", "GET", B, 400) { Body = Act("list", "\"x\""), Says = "[*apc.LsoMsg]" },
        new("3.2 flags that are none", "GET", B, 400) { Body = Act("list", """{"flags":"x"}""") },
        new("3.2 without recursion", "GET", B, 200)
        {
            Body = Act("list", """{"flags":"2048"}"""), Says = "{\"name\":\"dir\",\"flags\":256}",
        },
        new("3.2 contents of archives", "GET", B, 200)
        {
            Body = Act("list", """{"flags":"8","props":"name,size"}"""), Says = "\"name\":\"a.tar/d/y.bin\"",
        },
        new("3.2 names only", "GET", B, 200)
        {
            Body = Act("list", """{"flags":"16"}"""), Says = "{\"name\":\"o\"",
        },
        new("3.2 an unknown id is echoed", "GET", B, 200) { Body = Act("list", """{"uuid":"whatever"}"""), Says = "whatever" },
        new("3.2 missing bucket", "GET", "/v1/buckets/{n}", 404) { Body = Act("list", "{}"), TypeCode = "ErrBckNotFound" },
        new("3.2 on a target", "GET", "/v1/buckets/{b}", 200) { Body = Act("list", "{}"), Direct = 400 },
        new("3.1 create", "POST", "/v1/buckets/{n}", 200) { Body = Act("create-bck"), Says = "", IsExact = true },
        new("3.1 create with properties", "POST", "/v1/buckets/{n}", 200)
        {
            Body = Act("create-bck", """{"checksum":{"type":"md5"},"versioning":{"enabled":false}}"""),
        },
        new("3.1 create what exists", "POST", B, 409)
        {
            Body = Act("create-bck"), TypeCode = "ErrBucketAlreadyExists", Says = "bucket \"ais://{b}\" already exists",
        },
        new("3.1 create in a cloud", "POST", "/v1/buckets/{n}?provider=aws", 501) { Body = Act("create-bck") },
        new("3.1 create in a namespace", "POST", "/v1/buckets/{n}?namespace=%23ns", 200) { Body = Act("create-bck") },
        new("3.5 unknown checksum", "POST", "/v1/buckets/{n}", 400)
        {
            Body = Act("create-bck", """{"checksum":{"type":"x"}}"""), Says = "invalid checksum type \"x\"",
        },
        new("3.1 destroy", "DELETE", B, 200) { Body = Act("destroy-bck"), Says = "", IsExact = true },
        new("3.1 destroy nothing", "DELETE", "/v1/buckets/{n}", 404) { Body = Act("destroy-bck"), TypeCode = "ErrBckNotFound" },
        new("3.1 destroy without a body", "DELETE", B, 400),
        new("3.1 evict a bucket of this cluster", "DELETE", B, 400)
        {
            Body = Act("evict-remote-bck"), Says = "expecting remote bucket (have ais://{b})",
        },
        new("3.1 evict nothing", "DELETE", "/v1/buckets/{n}", 200) { Body = Act("evict-remote-bck") },
        new("3.1 head", "HEAD", B, 200) { Has = [("Ais-Bucket-Props", null)] },
        new("3.1 head of nothing", "HEAD", "/v1/buckets/{n}", 404) { TypeCode = "ErrBckNotFound" },
        new("3.1 head with a filter that is none", "HEAD", B + "?presence=x", 400),
        new("3.1 head with sums", "HEAD", B + "?bsumm_remote=false", 202)
        {
            Has = [("Ais-Bucket-Props", null), ("Ais-Xaction-Id", null)],
        },
        new("3.3 sums begin", "GET", B, 202)
        {
            Body = Act("summary-bck", "{}"), Has = [("Content-Type", "text/plain; charset=utf-8")],
        },
        new("3.3 sums of nothing", "GET", "/v1/buckets/{n}", 404) { Body = Act("summary-bck", "{}") },
        new("3.3 sums with an unknown id", "GET", B, 404) { Body = Act("summary-bck", """{"uuid":"none"}""") },
        new("3.3 sums of all", "GET", "/v1/buckets", 202) { Body = Act("summary-bck", "{}") },
        new("3.1 set", "PATCH", B, 200) { Body = Act("set-bprops", """{"mirror":{"copies":2}}""") },
        new("3.1 set nothing", "PATCH", B, 200) { Body = Act("set-bprops") },
        new("3.5 too many copies", "PATCH", B, 400)
        {
            Body = Act("set-bprops", """{"mirror":{"copies":200}}"""), Says = "mirror.copies",
        },
        new("3.5 unknown property", "PATCH", B, 400) { Body = Act("set-bprops", """{"bogus":1}""") },
        new("3.5 property of Skein", "PATCH", B, 400) { Body = Act("set-bprops", """{"bid":"7"}""") },
        new("3.1 reset", "PATCH", B, 200) { Body = Act("reset-bprops") },
        new("3.1 patch with another action", "PATCH", B, 400) { Body = Act("bogus") },
        new("3.1 rename", "POST", B + "?bck_to=ais/@%23/{n}/", 200) { Body = Act("move-bck") },
        new("3.1 rename to itself", "POST", B + "?bck_to=ais/@%23/{b}/", 400) { Body = Act("move-bck") },
        new("3.1 rename to nowhere", "POST", B, 400) { Body = Act("move-bck"), Says = "missing \"bck_to\" query parameter" },
        new("3.1 rename nothing", "POST", "/v1/buckets/{n}?bck_to=ais/@%23/x/", 404) { Body = Act("move-bck") },
        new("3.1 copy", "POST", B + "?bck_to=ais/@%23/{n}/", 200) { Body = Act("copy-bck", """{"prefix":"dir/"}""") },
        new("3.1 copy to itself", "POST", B + "?bck_to=ais/@%23/{b}/", 400) { Body = Act("copy-bck", "{}") },
        new("3.1 copy to what is no bucket", "POST", B + "?bck_to={n}", 400) { Body = Act("copy-bck") },
        new("3.1 dry copy", "POST", B + "?bck_to=ais/@%23/{n}/", 200) { Body = Act("copy-bck", """{"dry_run":true}""") },
        new("3.1 copy some", "POST", B, 200)
        {
            Body = Act("copy-listrange", """{"objnames":["o"],"tobck":{"name":"{n}","provider":"ais"}}"""), Says = "tco-",
        },
        new("3.1 copy some to nowhere", "POST", B, 400)
        {
            Body = Act("copy-listrange", """{"objnames":["o"]}"""), Says = "bucket name is missing",
        },
        new("3.1 delete some", "DELETE", B, 200) { Body = Act("delete-listrange", """{"objnames":["o","none"]}""") },
        new("3.1 delete by a bad template", "DELETE", B, 400) { Body = Act("delete-listrange", """{"template":"o-{9..1}"}""") },
        new("3.1 evict some of this cluster", "DELETE", B, 400)
        {
            Body = Act("evict-listrange", """{"objnames":["o"]}"""), TypeCode = "ErrNotRemoteBck",
        },
        new("3.1 prefetch of this cluster", "POST", B, 400)
        {
            Body = Act("prefetch-listrange", """{"objnames":["o"]}"""), TypeCode = "ErrNotRemoteBck",
        },
        new("3.1 archive", "PUT", B, 200)
        {
            Body = Act(
                "archive",
                """{"objnames":["o"],"archname":"new.tar","mime":".tar","tobck":{"name":"{b}","provider":"ais"}}"""),
        },
        new("3.1 archive to nowhere", "PUT", B, 400)
        {
            Body = Act("archive", """{"objnames":["o"],"archname":"new.tar"}"""), Says = "bucket name is missing",
        },
        new("3.1 copies", "POST", B, 501) { Body = Act("make-n-copies", "2") },
        new("3.1 erasure code", "POST", B, 501) { Body = Act("ec-encode", "\"{}\"") },
        new("3.1 transformation", "POST", B + "?bck_to=ais/@%23/{n}/", 400)
        {
            Body = Act("etl-bck", """{"id":"x"}"""), Says = "the operation requires Kubernetes",
        },
        new("3.1 transformation of some", "POST", B, 400)
        {
            Body = Act("etl-listrange", """{"objnames":["o"],"id":"x","tobck":{"name":"{n}"}}"""),
        },
        new("3.1 chunks", "POST", B, 501) { Body = Act("rechunk", "{}") },
        new("3.1 make an inventory", "POST", B, 501) { Body = Act("create-inventory", "{}") },
        new("3.1 remove an inventory", "DELETE", B, 501) { Body = Act("destroy-inventory", "{}") },
        new("3.1 list inventories", "GET", B, 501) { Body = Act("show-inventory", "{}") },
        new("3.1 unknown action", "POST", B, 400) { Body = Act("bogus"), Says = "invalid action \"bogus\"" },
        new("1.9 bucket name", "POST", "/v1/buckets/b@d", 400)
        {
            Body = Act("create-bck"), Says = "is invalid: may only contain",
        },
        new("1.9 remote cluster that is not attached", "GET", B + "?namespace=@none", 400)
        {
            Body = Act("list", "{}"),
        },
        new("1.13 forbidden write", "PATCH", B, 200) { Body = Act("set-bprops", """{"access":"2"}""") },
    ];
}
