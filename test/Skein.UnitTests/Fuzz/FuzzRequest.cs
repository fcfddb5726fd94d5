using System.Globalization;
using System.Text;
using CsCheck;

namespace Skein.UnitTests.Fuzz;

/// <summary>One request as bytes: mostly near to what clients send, with something wrong here and there.</summary>
/// <param name="Method">Verb.</param>
/// <param name="Target">Path and query as they go over the wire.</param>
/// <param name="Headers">Lines of headers without line ends; no length and no host.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record FuzzRequest(string Method, string Target, string[] Headers, byte[] Body)
{
    private static readonly string[] Names = ["b", "b2", "none", "", "..", "a%2Fb", "%ff", "x%00y", "@#", "b%20c", "é", "B.b"];

    private static readonly string[] Objects =
        ["o", "dir/o", "o.tar", "none", "", "%", "%zz", "..", "../o", "a//b", "%2e%2e/o", "x%00", "o%3F", "%f0%28%8c%28"];

    private static readonly string[] Words =
    [
        "create-bck", "destroy-bck", "set-bprops", "reset-bprops", "summary-bck", "list", "copy-bck", "move-bck",
        "copy-listrange", "delete-listrange", "evict-listrange", "prefetch-listrange", "evict-remote-bck", "archive",
        "make-n-copies", "ec-encode", "rename-obj", "promote", "blob-download", "check-lock", "mpt-upload", "mpt-complete",
        "mpt-abort", "start", "stop", "set-config", "reset-config", "reset-stats", "rotate-logs", "attach-mp", "enable-mp",
        "start-maintenance", "etl-bck", "resilver", "rebalance", "lru", "", "bogus", "CREATE-BCK",
    ];

    private static readonly string[] Keys =
    [
        "action", "name", "value", "uuid", "props", "prefix", "flags", "pagesize", "continuation_token", "start_after",
        "template", "objnames", "tobck", "provider", "namespace", "id", "ID", "kind", "Kind", "bck", "DaemonID", "node",
        "checksum", "type", "mirror", "copies", "enabled", "access", "versioning", "archname", "mime", "dry_run", "prepend",
        "ext", "cached", "present", "sid", "skip_rebalance", "src", "obj", "rcr", "time_format", "features", "lru", "ec",
    ];

    private static readonly string[] Parameters =
    [
        "provider", "namespace", "what", "props", "uuid", "bck_to", "object_to", "append_type", "append_handle", "archpath",
        "archmime", "archregx", "archmode", "presence", "uploadId", "partNumber", "uploads", "keep_bck_md", "bsumm_remote",
        "set-new-custom", "skip_vc", "latest-ver", "frc", "transient", "severity", "offset", "utm", "pid", "stamp", "etl_name",
    ];

    private static readonly string[] Values =
    [
        "", "ais", "AIS", "aws", "%23ns", "@x", "smap", "bmd", "config", "status", "true", "1", "-1", "99999999999999999999",
        "append", "flush", "%00", "%ff%fe", "ais/@%23/b/", "ais/@%23/b/o2", "a|b|c|d", ".tar", "(", "[a-", "regexp", "wdskey",
        "1e9", "null", "%7B%7D", "x", "NaN", "../..",
    ];

    private static readonly string[] Fields =
    [
        "Ais-Checksum-Type: xxhash", "Ais-Checksum-Type: bogus", "Ais-Checksum-Value: 0", "Ais-Custom-Md: k=v",
        "Ais-Custom-Md: nothing", "Ais-Version: 7", "Ais-Version: -1", "Range: bytes=0-1", "Range: bytes=", "Range: bytes=5-3",
        "Range: lines=1", "Ais-Pine: 1", "Ais-Pine: x", "Accept: application/msgpack", "Ais-Node-Id: none",
        "Authorization: Bearer x", "Content-Type: application/json", "Ais-Atime: x", "Expect: 100-continue",
        "If-None-Match: *", "Ais-Remote-Ais-Alias: a",
    ];

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Gen.Int.Select(n => n.ToString(CultureInfo.InvariantCulture)),
        Any(
            "null", "true", "false", "\"\"", "\"x\"", "\"b\"", "1e400", "-0", "9223372036854775808", "{}", "[]", "[[]]",
            "\"\\ud800\"",
            "\"o-{001..003}\"", "\"o-{9..1}\"", "\"{\"", "\"../x\"", "0.5", "\"ais\"", "[\"o\",\"none\"]",
            "[1]", "{\"name\":\"b2\"}"));

    private static readonly Gen<string> Flat = Gen.Select(Any(Keys), Scalar)
        .Array[0, 6].Select(pairs => Object(pairs));

    private static readonly Gen<string> Value = Gen.OneOf(
        Scalar, Flat, Gen.Select(Any(Keys), Flat).Array[0, 4].Select(pairs => Object(pairs)));

    private static readonly Gen<byte[]> Json = Gen.Select(Any(Words), Any(Objects), Value)
        .Select((action, name, value) => Encoding.UTF8.GetBytes(
            $$"""{"action":"{{action}}","name":"{{name}}","value":{{value}}}"""));

    private static readonly Gen<byte[]> Content = Gen.Frequency(
        (6, Json),
        (2, Gen.Const(Array.Empty<byte>())),
        (1, Gen.Byte.Array[0, 300]),
        (1, Value.Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Select(Json, Gen.Int[0, 60]).Select((json, cut) => json[..Math.Min(cut, json.Length)])),
        (1, Gen.Int[1, 20_000].Select(depth => Encoding.ASCII.GetBytes(
            "{\"action\":\"list\",\"value\":" + new string('[', depth)))));

    private static readonly Gen<string> Path = Gen.Frequency(
        (6, Gen.Select(Any(Names), Any(Objects)).Select((b, o) => $"/v1/objects/{b}/{o}")),
        (6, Any(Names).Select(b => $"/v1/buckets/{b}")),
        (2, Any("/v1/daemon", "/v1/cluster", "/v1/health", "/v1/daemon/mountpaths", "/v1/reverse/daemon")),
        (1, Gen.Select(Any(Names), Any(Objects)).Select((b, o) => $"/ais/{b}/{o}")),
        (1, Any(
            "/", "/v1", "/v2/x", "/v1/nope", "/v1/ml/moss/b", "/v1/sort", "/v1/download", "/v1/etl/x", "/s3/b/o", "//v1/health",
            "/v1/cluster/attach", "/v1/cluster/proxy/x", "/v1/xactions", "/v1/metasync", "/v1/tokens", "*", "/v1/objects")));

    private static readonly Gen<string> Query = Gen.Select(Any(Parameters), Any(Values))
        .Array[0, 4].Select(pairs => pairs.Length == 0 ? "" : "?" + string.Join('&', pairs.Select(p => $"{p.Item1}={p.Item2}")));

    /// <summary>Makes requests.</summary>
    public static readonly Gen<FuzzRequest> All = Gen.Select(
            Any("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "FOO"),
            Gen.Select(Path, Query).Select((path, query) => path + query),
            Any(Fields).Array[0, 3],
            Content)
        .Select((method, target, headers, body) => new FuzzRequest(method, target, headers, body));

    /// <summary>The request on the wire; the connection ends with its answer.</summary>
    public byte[] ToBytes()
    {
        var head = $"{Method} {Target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n"
            + string.Concat(Headers.Select(header => header + "\r\n")) + "\r\n";
        return [.. Encoding.UTF8.GetBytes(head), .. Body];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Encoding.Latin1.GetString(ToBytes()[..Math.Min(ToBytes().Length, 2000)])}";

    private static Gen<string> Any(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static string Object((string, string)[] pairs) =>
        "{" + string.Join(',', pairs.Select(pair => $"\"{pair.Item1}\":{pair.Item2}")) + "}";
}
