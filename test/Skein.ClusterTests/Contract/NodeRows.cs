using static Skein.ClusterTests.Contract.ContractRow;

namespace Skein.ClusterTests.Contract;

/// <summary>Rows about nodes and the cluster, and the surface of the server.</summary>
internal static class NodeRows
{
    public static readonly ContractRow[] All =
    [
        new("1.1 unknown path", "GET", "/v1/nope", 400) { Says = "invalid request URI: 'GET /v1/nope'", Direct = 400 },
        new("1.1 root", "GET", "/", 400) { Says = "invalid request URI: 'GET /'", Direct = 400 },
        new("1.1 intra-cluster path", "GET", "/v1/ic", 400) { Direct = 400 },
        new("1.1 icon", "GET", "/favicon.ico", 200) { Direct = 200 },
        new("1.1 wrong verb", "PATCH", "/v1/daemon", 405) { Has = [("Allow", "DELETE, GET, POST, PUT")], Direct = 405 },
        new("1.1 options", "OPTIONS", "/v1/objects/{b}/o", 200) { Has = [("Allow", null)], Direct = 200 },
        new("1.1 tokens", "DELETE", "/v1/tokens", 400),
        new("1.1 tokens by a wrong verb", "PATCH", "/v1/tokens", 405) { Has = [("Allow", "DELETE")] },
        new("4.4 health", "GET", "/v1/health", 200)
        {
            Says = "", IsExact = true, Direct = 200, Has = [("Ais-Node-Uptime", null)],
        },
        new("4.4 health by another verb", "POST", "/v1/health", 200) { Direct = 200 },
        new("4.4 readiness", "GET", "/v1/health?readiness=true", 200) { Direct = 200 },
        new("4.1 map", "GET", "/v1/daemon?what=smap", 200) { Says = "\"proxy_si\"", Direct = 200 },
        new("4.1 buckets", "GET", "/v1/daemon?what=bmd", 200) { Says = "\"providers\"", Direct = 200 },
        new("4.1 node", "GET", "/v1/daemon?what=snode", 200) { Says = "\"daemon_type\"", Direct = 200 },
        new("4.1 all metadata", "GET", "/v1/daemon?what=smapvote", 200) { Says = "\"rmd\"", Direct = 200 },
        new("4.1 configuration", "GET", "/v1/daemon?what=config", 200) { Says = "\"keepalivetracker\"", Direct = 200 },
        new("4.1 status", "GET", "/v1/daemon?what=node_status", 200) { Says = "\"tracker\"", Direct = 200 },
        new("4.1 statistics", "GET", "/v1/daemon?what=node_stats", 200) { Says = "\"tracker\"", Direct = 200 },
        new("4.1 old status", "GET", "/v1/daemon?what=status", 200) { Direct = 200 },
        new("4.1 old statistics", "GET", "/v1/daemon?what=stats", 200) { Direct = 200 },
        new("4.1 metrics", "GET", "/v1/daemon?what=metrics", 200) { Says = "\"counter\"", Direct = 200 },
        new("4.1 metrics for Prometheus", "GET", "/metrics", 200)
        {
            Says = "skein_control_term", Direct = 200, Has = [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
        },
        new("4.1 console", "GET", "/console", 200)
        {
            Says = "<title>Skein</title>", Direct = 400, Has = [("Content-Security-Policy", null)],
        },
        new("4.1 no file of the console", "GET", "/console/none.js", 400) { Says = "the console has no file" },
        new("4.1 metrics changed", "PUT", "/metrics", 405) { Direct = 405 },
        new("4.1 system", "GET", "/v1/daemon?what=sysinfo", 200) { Says = "\"load_avg\"", Direct = 200 },
        new("4.1 version", "GET", "/v1/daemon?what=software_version", 200) { Direct = 200 },
        new("4.1 certificate", "GET", "/v1/daemon?what=tls_certificate", 200) { Says = "{}", Direct = 200 },
        new("4.1 disks", "GET", "/v1/daemon?what=disk", 400) { Direct = 200 },
        new("4.1 mountpaths", "GET", "/v1/daemon?what=mountpaths", 400) { Direct = 200 },
        new("4.1 remote clusters", "GET", "/v1/daemon?what=remote", 400) { Direct = 200 },
        new("4.1 unknown word", "GET", "/v1/daemon?what=x", 400)
        {
            Says = "invalid GET /daemon request: unrecognized what=x", Direct = 400,
        },
        new("4.1 no word", "GET", "/v1/daemon", 400) { Direct = 400 },
        new("4.1 control plane", "GET", "/v1/daemon?what=control", 200) { Direct = 200 },
        new("4.1 history", "GET", "/v1/daemon?what=history&limit=2", 200) { Direct = 200 },
        new("4.1 log of a node that writes none", "GET", "/v1/daemon?what=log", 404) { Says = "writes no log files" },
        new("4.1 log of unknown severity", "GET", "/v1/daemon?what=log&severity=x", 400)
        {
            Says = "unknown log severity \"x\"", Direct = 400,
        },
        new("4.5 unknown property", "PUT", "/v1/daemon/set-config?bogus.key=1", 400)
        {
            Says = "unknown property \"bogus.key\"", Direct = 400,
        },
        new("4.5 no property", "PUT", "/v1/daemon/set-config", 400) { Says = "no properties to update", Direct = 400 },
        new("4.5 override", "PUT", "/v1/daemon", 200) { Body = Act("set-config", "{}"), Direct = 200 },
        new("4.5 overrides dropped", "PUT", "/v1/daemon", 200) { Body = Act("reset-config"), Direct = 200 },
        new("4.5 counters to zero", "PUT", "/v1/daemon", 200) { Body = Act("reset-stats", "false"), Direct = 200 },
        new("4.5 which counters to zero", "PUT", "/v1/daemon", 400)
        {
            Body = Act("reset-stats", "\"x\""), Says = "expected true or false", Direct = 400,
        },
        new("4.5 post to a node", "POST", "/v1/daemon", 400)
        {
            Body = Act("bogus"), Says = "invalid request URI: 'POST /v1/daemon'", Direct = 400,
        },
        new("4.5 delete of a node", "DELETE", "/v1/daemon", 400) { Direct = 400 },
        new("4.5 new log", "PUT", "/v1/daemon", 200) { Body = Act("rotate-logs"), Direct = 200 },
        new("4.5 shutdown by a client", "PUT", "/v1/daemon", 400)
        {
            Body = Act("shutdown-node"), Says = "expected INTRA-CONTROL request", Direct = 400,
        },
        new("4.5 unknown action", "PUT", "/v1/daemon", 400) { Body = Act("bogus"), Direct = 400 },
        new("4.6 mountpaths of a proxy", "PUT", "/v1/daemon/mountpaths", 400) { Body = Act("attach-mp", "\"/x\"") },
        new("4.6 enable on a proxy", "POST", "/v1/daemon/mountpaths", 400)
        {
            Body = Act("enable-mp", "\"/none\""), Direct = 404,
        },
        new("4.6 disable on a proxy", "POST", "/v1/daemon/mountpaths", 400)
        {
            Body = Act("disable-mp", "\"/none\""), Direct = 404,
        },
        new("4.6 detach on a proxy", "DELETE", "/v1/daemon/mountpaths", 400)
        {
            Body = Act("detach-mp", "\"/none\""), Direct = 404,
        },
        new("4.5 forced recovery of another", "PUT", "/v1/daemon/proxy/none?frc=true", 400) { Says = "by its own id" },
        new("4.6 unknown mountpath", "POST", "/v1/reverse/daemon/mountpaths", 404)
        {
            Body = Act("enable-mp", "\"/none\""), Headers = [("Ais-Node-Id", "{t}")], TypeCode = "ErrMountpathNotFound",
        },
        new("4.6 look for disks", "POST", "/v1/daemon/mountpaths", 501)
        {
            Body = Act("rescan-mp", "\"/none\""), Says = "not implemented", Direct = 501,
        },
        new("4.6 check of a mountpath", "POST", "/v1/daemon/mountpaths", 501)
        {
            Body = Act("fshc-mp", "\"/none\""), Says = "not implemented", Direct = 501,
        },
        new("4.6 mountpath that is none", "PUT", "/v1/reverse/daemon/mountpaths", 400)
        {
            Body = Act("attach-mp", "\"x\""), Headers = [("Ais-Node-Id", "{t}")], TypeCode = "ErrInvalidMountpath",
        },
        new("4.7 reverse", "GET", "/v1/reverse/daemon?what=snode", 200)
        {
            Headers = [("Ais-Node-Id", "{t}")], Says = "\"daemon_id\":\"{t}\"",
        },
        new("4.7 reverse to nobody", "GET", "/v1/reverse/daemon?what=snode", 400) { Says = "missing node ID" },
        new("4.7 reverse to a stranger", "GET", "/v1/reverse/daemon?what=snode", 404)
        {
            Headers = [("Ais-Node-Id", "none")], TypeCode = "errNodeNotFound", Says = "cannot rproxy to node none",
        },
        new("4.7 reverse on a target", "GET", "/v1/reverse/health", 200) { Headers = [("Ais-Node-Id", "{t}")], Direct = 400 },
        new("5.1 map", "GET", "/v1/cluster?what=smap", 200) { Says = "\"pmap\"", Direct = 400 },
        new("5.1 buckets", "GET", "/v1/cluster?what=bmd", 200),
        new("5.1 node", "GET", "/v1/cluster?what=snode", 200),
        new("5.1 all metadata", "GET", "/v1/cluster?what=smapvote", 200) { Says = "\"smap\"" },
        new("5.1 configuration", "GET", "/v1/cluster?what=cluster_config", 200) { Says = "\"config_version\"" },
        new("5.1 statistics", "GET", "/v1/cluster?what=node_stats", 200) { Says = "\"target\":{" },
        new("5.1 old statistics", "GET", "/v1/cluster?what=stats", 200),
        new("5.1 system", "GET", "/v1/cluster?what=sysinfo", 200) { Says = "\"fs_used\"" },
        new("5.1 mountpaths", "GET", "/v1/cluster?what=mountpaths", 200) { Says = "\"waiting_dd\":[]" },
        new("5.1 remote clusters", "GET", "/v1/cluster?what=remote", 200) { Says = "{\"a\":null,\"ver\":0}" },
        new("5.1 addresses", "GET", "/v1/cluster?what=target_ips", 200) { Says = "127.0.0.1" },
        new("5.1 backends", "GET", "/v1/cluster?what=backends", 200),
        new("5.1 control plane", "GET", "/v1/cluster?what=control", 200) { Says = "\"voters\"" },
        new("5.1 history", "GET", "/v1/cluster?what=history&limit=3", 200) { Says = "\"entries\"" },
        new("5.1 difference", "GET", "/v1/cluster?what=history_diff&from=1&to=2", 200) { Says = "\"changes\"" },
        new("5.1 unknown word", "GET", "/v1/cluster?what=x", 400) { Says = "unexpected query [what=x]" },
        new("5.1 node's word", "GET", "/v1/cluster?what=config", 400),
        new("5.1 job without a question", "GET", "/v1/cluster?what=status", 400),
        new("5.1 unknown job", "GET", "/v1/cluster?what=status", 404) { Body = Text("""{"id":"none"}"""), Says = "not found" },
        new("5.1 progress of an unknown job", "GET", "/v1/cluster?what=qryxstats", 404)
        {
            Body = Text("""{"id":"none"}"""), Says = "\"x-[none]\" not found",
        },
        new("5.1 progress", "GET", "/v1/cluster?what=qryxstats", 200) { Body = Text("{}"), Says = "\"{t}\":[" },
        new("5.1 running", "GET", "/v1/cluster?what=running_all", 200) { Body = Text("{}") },
        new("5.1 all jobs of a kind that is none", "GET", "/v1/cluster?what=status_all", 200)
        {
            Body = Text("""{"kind":"bogus"}"""), Says = "null", IsExact = true,
        },
        new("5.4 start", "PUT", "/v1/cluster", 200) { Body = Act("start", """{"Kind":"cleanup-store"}""") },
        new("5.4 start of eviction", "PUT", "/v1/cluster", 200) { Body = Act("start", """{"kind":"lru"}""") },
        new("5.4 start of nothing", "PUT", "/v1/cluster", 400)
        {
            Body = Act("start", """{"kind":""}"""), Says = "unknown xaction kind \"\"",
        },
        new("5.4 start without a bucket", "PUT", "/v1/cluster", 400)
        {
            Body = Act("start", """{"kind":"copy-bck"}"""), Says = "xaction \"copy-bck\" requires a bucket to start",
        },
        new("5.4 stop of an unknown job", "PUT", "/v1/cluster", 200) { Body = Act("stop", """{"ID":"none"}""") },
        new("5.2 set", "PUT", "/v1/cluster", 200) { Body = Act("set-config", "{}") },
        new("5.2 set by parameters", "PUT", "/v1/cluster/set-config?timeout.send_file_time=5m", 200),
        new("5.2 unknown property", "PUT", "/v1/cluster/set-config?bogus.key=1", 400)
        {
            Says = "unknown property \"bogus.key\"",
        },
        new("5.2 bad value", "PUT", "/v1/cluster/set-config?timeout.max_keepalive=1s", 400)
        {
            Says = "must be >= 2*(cplane_operation=2s)",
        },
        new("5.2 no property", "PUT", "/v1/cluster/set-config", 400) { Says = "no properties to update" },
        new("5.2 new logs", "PUT", "/v1/cluster", 200) { Body = Act("rotate-logs") },
        new("5.2 counters to zero", "PUT", "/v1/cluster", 200) { Body = Act("reset-stats", "true") },
        new("5.2 post to the cluster", "POST", "/v1/cluster", 400) { Says = "invalid request URI: 'POST /v1/cluster'" },
        new("5.2 primary again", "PUT", "/v1/cluster/proxy/{p}", 200),
        new("5.2 unknown primary", "PUT", "/v1/cluster/proxy/none", 400)
        {
            Says = "new primary proxy none is not present in the Smap",
        },
        new("5.2 a target as primary", "PUT", "/v1/cluster/proxy/{t}", 400),
        new("5.2 attach nothing", "PUT", "/v1/cluster/attach?what=remote", 400) { Says = "failed to attach remote cluster" },
        new("5.2 attach what", "PUT", "/v1/cluster/attach", 400),
        new("5.2 unknown node into maintenance", "PUT", "/v1/cluster", 404)
        {
            Body = Act("start-maintenance", """{"sid":"none"}"""), TypeCode = "ErrNotFound", Says = "node none does not exist",
        },
        new("5.2 node in service out of maintenance", "PUT", "/v1/cluster", 400)
        {
            Body = Act("stop-maintenance", """{"sid":"{t}"}"""), Says = "is not in maintenance mode - nothing to do",
        },
        new("5.2 plan of a shutdown", "PUT", "/v1/cluster", 200)
        {
            Body = Act("shutdown-node", """{"sid":"{t}","dry_run":true}"""), Says = "\"moves\"",
        },
        new("5.2 plan of a decommission", "PUT", "/v1/cluster", 200)
        {
            Body = Act("decommission-node", """{"sid":"{t}","dry_run":true}"""), Says = "\"moves\"",
        },
        new("5.2 detach nothing", "PUT", "/v1/cluster/detach?what=remote", 400),
        new("5.2 backend on", "PUT", "/v1/cluster/enable-bend/aws", 501),
        new("5.2 backend off", "PUT", "/v1/cluster/disable-bend/aws", 501),
        new("5.2 defaults", "PUT", "/v1/cluster", 200) { Body = Act("reset-config") },
        new("5.2 unsafe that is safe", "PUT", "/v1/cluster", 400) { Body = Act("rm-unsafe", """{"sid":"{t}"}""") },
        new("5.2 unknown action", "PUT", "/v1/cluster", 400) { Body = Act("bogus") },
        new("5.3 bring in without a description", "POST", "/v1/cluster/join-by-admin", 400)
        {
            Says = "cannot be read: The input does not contain any JSON tokens (line 1, byte 0)",
        },
        new("5.3 bring nobody in", "POST", "/v1/cluster/join-by-admin", 400) { Body = Text("{}") },
        new("5.3 self-removal by a client", "DELETE", "/v1/cluster/daemon/{t}", 400),
        new("4.7 reverse health", "GET", "/v1/reverse/health", 200) { Headers = [("Ais-Node-Id", "{p}")] },
        new("5.6 sort", "POST", "/v1/sort", 200)
        {
            Body = Text("""
                {"input_bck":{"name":"{b}"},"input_format":{"template":"o-{0..1}"},"input_extension":".tar",
                "output_format":"n-{0..9}","output_shard_size":"1KB","description":"a test"}
                """),
            Says = "srt-",
        },
        new("5.6 sort of nothing", "POST", "/v1/sort", 400)
        {
            Body = Text("{}"), Says = "[dsort] parse-spec: \"input_bck\" missing source bucket",
        },
        new("5.6 sort without a message", "POST", "/v1/sort", 400) { Says = "EOF" },
        new("5.6 sort of a bucket that is not", "POST", "/v1/sort", 404)
        {
            Body = Text("""{"input_bck":{"name":"{n}"},"output_format":"n-{0..9}","output_shard_size":"1KB"}"""),
            TypeCode = "ErrBckNotFound",
        },
        new("5.6 sorts", "GET", "/v1/sort?regex=", 200) { Says = "[" },
        new("5.6 sorts that run", "GET", "/v1/sort?regex=none&only_active=true", 200) { Says = "[]", IsExact = true },
        new("5.6 sorts by a wrong pattern", "GET", "/v1/sort?regex=(", 400) { Says = "invalid regex" },
        new("5.6 one sort that is not", "GET", "/v1/sort?uuid=none", 404) { TypeCode = "ErrNotFound" },
        new("5.6 abort of a sort that is not", "DELETE", "/v1/sort/abort?uuid=none", 404) { TypeCode = "ErrNotFound" },
        new("5.6 removal of a sort that is not", "DELETE", "/v1/sort?uuid=none", 404),
        new("5.6 removal of no sort", "DELETE", "/v1/sort", 400) { Says = "uuid" },
        new("5.6 downloads", "GET", "/v1/download", 501),
        new("5.6 transformation", "PUT", "/v1/etl", 400) { Body = Text("{}") },
        new("8 S3", "GET", "/s3", 501),
        new("5.6 list of transformations", "GET", "/v1/etl", 400),
        new("5.6 download", "POST", "/v1/download", 501) { Body = Text("""{"type":"single"}""") },
    ];
}
