using static Skein.ClusterTests.Contract.ContractRow;

namespace Skein.ClusterTests.Contract;

/// <summary>Rows about objects.</summary>
internal static class ObjectRows
{
    private const string O = "/v1/objects/{b}/o";

    public static readonly ContractRow[] All =
    [
        new("2.1 get", "GET", O, 200)
        {
            Says = "hello world!", IsExact = true, Direct = 200,
            Has = [("Content-Type", "application/octet-stream"), ("Ais-Checksum-Type", "xxhash"), ("Ais-Checksum-Value", null),
                ("Ais-Atime", null), ("Ais-Version", "1"), ("Ais-Custom-Md", "k=v")],
        },
        new("2.1 range", "GET", O, 206)
        {
            Headers = [("Range", "bytes=6-7")], Says = "wo", IsExact = true, Direct = 206,
            Has = [("Content-Range", "bytes 6-7/12"), ("Accept-Ranges", "bytes")],
        },
        new("2.1 range to the end", "GET", O, 206) { Headers = [("Range", "bytes=6-")], Says = "world!", IsExact = true },
        new("2.1 range past the end is cut", "GET", O, 206) { Headers = [("Range", "bytes=6-99")], Says = "world!" },
        new("2.1 last bytes", "GET", O, 206) { Headers = [("Range", "bytes=-6")], Says = "world!", IsExact = true },
        new("2.1 more last bytes than there are", "GET", O, 206) { Headers = [("Range", "bytes=-99")], Says = "hello world!" },
        new("2.1 range outside", "GET", O, 416)
        {
            Headers = [("Range", "bytes=12-")], TypeCode = "ErrRangeNotSatisfiable", Has = [("Content-Range", "bytes */12")],
        },
        new("2.1 several ranges", "GET", O, 416) { Headers = [("Range", "bytes=0-1,3-4")], TypeCode = "ErrUnsupp" },
        new("2.1 range that is none", "GET", O, 416) { Headers = [("Range", "bytes=5-3")] },
        new("2.1 empty range", "GET", O, 416) { Headers = [("Range", "bytes=")] },
        new("2.1 no last bytes", "GET", O, 416) { Headers = [("Range", "bytes=-0")] },
        new("2.1 other unit", "GET", O, 416) { Headers = [("Range", "lines=0-1")] },
        new("2.1 missing object", "GET", "/v1/objects/{b}/none", 404)
        {
            TypeCode = "ErrNotFound", Says = "ais://{b}/none does not exist", Direct = 404,
        },
        new("2.1 missing bucket", "GET", "/v1/objects/{n}/o", 404)
        {
            TypeCode = "ErrBckNotFound", Says = "bucket \"ais://{n}\" does not exist", Direct = 404,
        },
        new("2.1 file of an archive", "GET", "/v1/objects/{b}/a.tar?archpath=x.txt", 200)
        {
            Says = "in x", IsExact = true, Has = [("Content-Type", "application/octet-stream"), ("Content-Length", "4")],
            Lacks = ["Ais-Checksum-Value", "Ais-Atime"],
        },
        new("2.1 file of a compressed archive", "GET", "/v1/objects/{b}/a.tgz?archpath=x.txt", 200)
        {
            Says = "in x", IsExact = true, Has = [("Content-Length", "4")],
        },
        new("2.1 archive with its kind", "GET", "/v1/objects/{b}/a.tar?archpath=d/y.bin&archmime=tar", 200) { Says = "in y" },
        new("2.1 archive kind as media type", "GET", "/v1/objects/{b}/a.tar?archpath=x.txt&archmime=application/x-tar", 200),
        new("2.1 missing file of an archive", "GET", "/v1/objects/{b}/a.tar?archpath=zz", 404)
        {
            Says = "(archpath=zz) in ais://{b}/a.tar does not exist",
        },
        new("2.1 unknown kind of archive", "GET", "/v1/objects/{b}/a.tar?archpath=x.txt&archmime=rar", 400)
        {
            TypeCode = "ErrUnknownMime",
        },
        new("2.1 wrong kind of archive", "GET", "/v1/objects/{b}/a.tar?archpath=x.txt&archmime=zip", 400),
        new("2.1 not an archive", "GET", O + "?archpath=x.txt", 400),
        new("2.1 files that match", "GET", "/v1/objects/{b}/a.tar?archregx=%5Ex&archmode=regexp", 200)
        {
            Has = [("Content-Type", "application/x-tar")], Says = "in x",
        },
        new("2.1 files by prefix", "GET", "/v1/objects/{b}/a.tar?archregx=d/&archmode=prefix", 200) { Says = "in y" },
        new("2.1 files by suffix", "GET", "/v1/objects/{b}/a.tar?archregx=.bin&archmode=suffix", 200) { Says = "in y" },
        new("2.1 no file matches", "GET", "/v1/objects/{b}/a.tar?archregx=zz&archmode=substr", 404),
        new("2.1 pattern that is none", "GET", "/v1/objects/{b}/a.tar?archregx=%5B&archmode=regexp", 400),
        new("2.1 unknown mode", "GET", "/v1/objects/{b}/a.tar?archregx=x&archmode=bogus", 400),
        new("2.1 path and pattern", "GET", "/v1/objects/{b}/a.tar?archpath=x.txt&archregx=x&archmode=prefix", 400),
        new("2.1 range of an archive's file", "GET", "/v1/objects/{b}/a.tar?archpath=x.txt", 400)
        {
            Headers = [("Range", "bytes=0-1")], TypeCode = "ErrUnsupp",
        },
        new("2.2 put", "PUT", "/v1/objects/{b}/new", 200)
        {
            Body = Text("abc"), Headers = [("Ais-Custom-Md", "a=b")], Direct = 400, Says = "", IsExact = true,
            Has = [("Ais-Version", "1"), ("Ais-Checksum-Type", "xxhash"), ("Ais-Checksum-Value", null), ("Ais-Custom-Md", "a=b")],
        },
        new("2.2 put again", "PUT", O, 200) { Body = Text("abc"), Has = [("Ais-Version", "2")] },
        new("2.2 empty put", "PUT", "/v1/objects/{b}/empty", 200) { Body = [] },
        new("2.2 version before", "PUT", O, 200)
        {
            Body = Text("abc"), Headers = [("Ais-Version", "77")], Has = [("Ais-Version", "78")],
        },
        new("1.8 wrong checksum", "PUT", O, 400)
        {
            Body = Text("abc"), TypeCode = "ErrBadCksum", Says = "BAD DATA CHECKSUM",
            Headers = [("Ais-Checksum-Type", "md5"), ("Ais-Checksum-Value", "900150983cd24fb0d6963f7d28e17f73")],
        },
        new("1.8 right checksum of another type", "PUT", O, 200)
        {
            Body = Text("abc"), Has = [("Ais-Checksum-Type", "xxhash")],
            Headers = [("Ais-Checksum-Type", "md5"), ("Ais-Checksum-Value", "900150983cd24fb0d6963f7d28e17f72")],
        },
        new("1.8 unknown checksum", "PUT", O, 400) { Body = Text("abc"), Headers = [("Ais-Checksum-Type", "crc64")] },
        new("2.2 copy", "PUT", O + "?object_to=ais/@%23/{b}/copy", 200) { Body = [] },
        new("2.2 copy to a missing bucket", "PUT", O + "?object_to=ais/@%23/{n}/copy", 404) { Body = [] },
        new("2.2 copy to nowhere", "PUT", O + "?object_to=x", 400) { Body = [] },
        new("2.3 append", "PUT", "/v1/objects/{b}/grown?append_type=append&append_handle=", 200)
        {
            Body = Text("abc"), Has = [("Ais-Append-Handle", null)],
        },
        new("2.3 handle that is none", "PUT", O + "?append_type=append&append_handle=zzz", 400)
        {
            Body = Text("abc"), Says = "invalid APPEND handle: \"zzz\"",
        },
        new("2.3 flush without a handle", "PUT", O + "?append_type=flush&append_handle=", 400) { Body = [] },
        new("2.3 other append", "PUT", O + "?append_type=bogus", 400)
        {
            Body = Text("x"), Says = "invalid operation \"bogus\" (expecting either \"append\" or \"flush\")",
        },
        new("2.3 file into an archive", "PUT", "/v1/objects/{b}/a.tar?archpath=new.txt", 200)
        {
            Body = Text("new"), Headers = [("Ais-Pine", "1")],
        },
        new("2.3 file into a missing archive", "PUT", "/v1/objects/{b}/none.tar?archpath=new.txt", 404)
        {
            Body = Text("new"), Headers = [("Ais-Pine", "1")],
        },
        new("2.3 file into a new archive", "PUT", "/v1/objects/{b}/none.tgz?archpath=new.txt", 200)
        {
            Body = Text("new"), Headers = [("Ais-Pine", "2")],
        },
        new("2.3 flag that is none", "PUT", "/v1/objects/{b}/a.tar?archpath=new.txt", 400)
        {
            Body = Text("new"), Headers = [("Ais-Pine", "x")],
        },
        new("2.3 path that leads out", "PUT", "/v1/objects/{b}/a.tar?archpath=../e", 400)
        {
            Body = Text("new"), Headers = [("Ais-Pine", "1")],
        },
        new("2.4 head", "HEAD", O, 200)
        {
            Direct = 200,
            Has = [("Content-Length", "12"), ("Ais-Checksum-Type", "xxhash"), ("Ais-Version", "1"), ("Ais-Name", "o"),
                ("Ais-Bucket-Name", "{b}"), ("Ais-Bucket-Provider", "ais"), ("Ais-Location", null), ("Ais-Mirror-Copies", "1"),
                ("Ais-Mirror-Paths", null), ("Ais-Present", "true"), ("Ais-Custom-Md", "k=v")],
        },
        new("2.4 some properties", "HEAD", O + "?props=checksum,%20version,custom,etag,last-modified,chunked,ec", 200)
        {
            Direct = 200,
            Has = [("Content-Length", "12"), ("Ais-Present", "true"), ("Ais-Checksum-Type", "xxhash"), ("Ais-Version", "1"),
                ("Ais-Custom-Md", "k=v"), ("ETag", null), ("Last-Modified", null)],
            Lacks = ["Ais-Atime", "Ais-Name", "Ais-Bucket-Name", "Ais-Location", "Ais-Mirror-Copies", "Ais-Chunks-Count"],
        },
        new("2.4 properties of the place", "HEAD", O + "?props=name,size,location,copies,atime", 200)
        {
            Has = [("Content-Length", "12"), ("Ais-Location", null), ("Ais-Mirror-Copies", "1"), ("Ais-Mirror-Paths", null),
                ("Ais-Atime", null)],
            Lacks = ["Ais-Checksum-Type", "Ais-Version", "Ais-Custom-Md", "ETag", "Last-Modified"],
        },
        new("2.4 property that is none", "HEAD", O + "?props=size,bogus", 400) { Says = "invalid property \"bogus\"" },
        new("2.4 properties of nothing", "HEAD", "/v1/objects/{b}/none?props=size", 404),
        new("2.4 present without properties", "HEAD", O + "?presence=3", 200) { Has = [("Content-Length", "0")] },
        new("2.4 present, asked for outside", "HEAD", O + "?presence=5", 400) { Says = "'flt-outside'(5)" },
        new("2.4 absent, asked for outside", "HEAD", "/v1/objects/{b}/none?presence=5", 404),
        new("2.4 filter that is none", "HEAD", O + "?presence=x", 400),
        new("2.4 missing", "HEAD", "/v1/objects/{b}/none", 404) { Says = "does not exist" },
        new("2.5 delete", "DELETE", O, 200) { Direct = 400, Says = "", IsExact = true },
        new("2.5 delete of nothing", "DELETE", "/v1/objects/{b}/none", 404),
        new("2.5 custom metadata", "PATCH", O, 200) { Body = Act("", """{"k2":"v2"}"""), Direct = 200 },
        new("2.5 null changes nothing", "PATCH", O, 200) { Body = Act("") },
        new("2.5 custom metadata that is none", "PATCH", O, 400) { Body = Act("", "7") },
        new("2.5 custom metadata of nothing", "PATCH", "/v1/objects/{b}/none", 404) { Body = Act("", """{"k":"v"}""") },
        new("2.5 rename", "POST", O, 200) { Body = Act("rename-obj", name: "renamed") },
        new("2.5 rename of nothing", "POST", "/v1/objects/{b}/none", 404) { Body = Act("rename-obj", name: "renamed") },
        new("2.5 rename to nothing", "POST", O, 400) { Body = Act("rename-obj") },
        new("2.5 rename to itself", "POST", O, 400) { Body = Act("rename-obj", name: "o") },
        new("2.5 rename outside", "POST", O, 400) { Body = Act("rename-obj", name: "../x") },
        new("2.5 is it locked", "POST", O, 200) { Body = Act("check-lock") },
        new("2.5 multipart", "POST", "/v1/objects/{b}/parts", 200) { Body = Act("mpt-upload") },
        new("2.5 part of no upload", "PUT", "/v1/objects/{b}/parts?uploadId=none&partNumber=1", 404) { Body = Text("x") },
        new("2.5 parts of no upload", "POST", "/v1/objects/{b}/parts?uploadId=none", 404)
        {
            Body = Act("mpt-complete", """[{"part-number":1,"etag":""}]"""),
        },
        new("2.5 end of no upload", "DELETE", "/v1/objects/{b}/parts?uploadId=none", 404) { Body = Act("mpt-abort") },
        new("2.5 evict of an object of this cluster", "DELETE", O, 400)
        {
            Body = Act("evict-listrange", "null", "{b}/o"), TypeCode = "ErrNotRemoteBck",
        },
        new("2.5 unknown action", "POST", O, 400) { Body = Act("bogus"), Says = "invalid action \"bogus\"" },
        new("2.5 blob download of a bucket of this cluster", "POST", "/v1/objects/{b}", 400)
        {
            Body = Act("blob-download", "{}", "o"), TypeCode = "ErrNotRemoteBck",
        },
        new("2.5 promote where nothing may be", "POST", "/v1/objects/{b}", 403)
        {
            Body = Act("promote", """{"src":"/none"}""", "/none"), Says = "promote_roots",
        },
        new("1.1 easy URL", "GET", "/ais/{b}/o", 200) { Says = "hello world!", IsExact = true, Direct = 400 },
        new("1.1 easy URL of a bucket", "GET", "/ais/{b}", 200) { Says = "dir/p" },
        new("1.9 outside by name", "GET", "/v1/objects/{b}/a%2F..%2Fx", 400) { TypeCode = "ErrInvalidObjName" },
        new("1.1 too short", "GET", "/v1/objects/{b}", 400)
        {
            Says = "URL 'v1/objects/{b}' is too short: expected 4 items, got 3", Direct = 400,
        },
        new("5.6 transformation", "GET", O + "?etl_name=x", 400) { Says = "the operation requires Kubernetes" },
        new("2.6 batch", "GET", "/v1/ml/moss/{b}", 200)
        {
            Body = Text("""{"in":[{"objname":"o"},{"objname":"a.tar","archpath":"x.txt"}],"mime":".tar","strm":true}"""),
            Has = [("Content-Type", "application/x-tar")], Says = "{b}/a.tar/x.txt",
        },
        new("2.6 batch with a missing entry", "GET", "/v1/ml/moss/{b}", 404)
        {
            Body = Text("""{"in":[{"objname":"none"}],"mime":".tar","strm":true}"""),
        },
        new("2.6 batch that goes on", "GET", "/v1/ml/moss/{b}", 200)
        {
            Body = Text("""{"in":[{"objname":"none"},{"objname":"o"}],"mime":".tar","strm":true,"coer":true}"""),
            Says = "__404__/",
        },
        new("2.6 empty batch", "GET", "/v1/ml/moss/{b}", 400) { Body = Text("""{"in":[]}""") },
    ];
}
