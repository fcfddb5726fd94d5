namespace Skein.Gateway.Rest.Catalog;

/// <summary>Calls on other paths.</summary>
internal static class OtherCalls
{
    public static readonly ApiCall[] All =
    [
        new("GET", "/v1/buckets", "", "list buckets") { Parameters = ["presence"] },
        new("GET", "/v1/buckets", "action=list", "list buckets") { Parameters = ["presence"] },
        new("GET", "/v1/buckets", "action=summary-bck", "begin to sum all buckets up, or ask for the sums"),
        new("POST", "/v1/objects/BUCKET", "action=promote", "make objects of files of a target"),
        new("POST", "/v1/objects/BUCKET", "action=blob-download", "fetch a large remote object into the cluster"),
        new("GET", "/v1/ml/moss/BUCKET", "", "many objects and files of archives as one archive"),
        new("GET", "/v1/health", "", "is the node up?") { Parameters = ["readiness", "prr", "cii", "apr"] },
        new("GET", "/console", "", "the console, on a proxy"),
        new("GET", "/v1/console/events", "", "how the cluster is, pushed each second, for the console"),
        new("GET", "/metrics", "", "what the node counts and measures, for Prometheus"),
        new("PUT", "/v1/daemon/mountpaths", "action=attach-mp", "take a mountpath into service")
        {
            Parameters = ["mountpath_label"],
        },
        new("POST", "/v1/daemon/mountpaths", "action=enable-mp", "take a mountpath back into service"),
        new("POST", "/v1/daemon/mountpaths", "action=disable-mp", "take a mountpath out of service")
        {
            Parameters = ["dntres"],
        },
        new("POST", "/v1/daemon/mountpaths", "action=rescan-mp", "look for the disks of a mountpath again") { IsServed = false },
        new("POST", "/v1/daemon/mountpaths", "action=fshc-mp", "check a mountpath now") { IsServed = false },
        new("DELETE", "/v1/daemon/mountpaths", "action=detach-mp", "give a mountpath up") { Parameters = ["dntres"] },
        new("PUT", "/v1/daemon/set-config", "", "override the configuration of this node by parameters `KEY=VALUE`")
        {
            Parameters = ["transient"],
        },
        new("PUT", "/v1/daemon/proxy/ID", "frc=true", "forced recovery at a proxy") { Parameters = ["accept_loss"] },
        new("PUT", "/v1/cluster/set-config", "", "change the configuration by parameters `KEY=VALUE`")
        {
            Parameters = ["transient"],
        },
        new("PUT", "/v1/cluster/proxy/ID", "", "make a proxy the primary") { Parameters = ["frc"] },
        new("POST", "/v1/cluster/join-by-admin", "", "bring a node in"),
        new("PUT", "/v1/cluster/attach", "what=remote", "attach a remote cluster"),
        new("PUT", "/v1/cluster/detach", "what=remote", "detach a remote cluster"),
        new("PUT", "/v1/cluster/enable-bend/PROVIDER", "", "enable a backend") { IsServed = false },
        new("PUT", "/v1/cluster/disable-bend/PROVIDER", "", "disable a backend") { IsServed = false },
        new("GET", "/v1/reverse/daemon", "", "the call on `/v1/daemon` of the node in `Ais-Node-Id`"),
        new("GET", "/v1/reverse/health", "", "the call on `/v1/health` of the node in `Ais-Node-Id`"),
        new("POST", "/v1/sort", "", "start a distributed sort"),
        new("GET", "/v1/sort", "", "how distributed sorts stand") { Parameters = ["uuid", "regex", "only_active"] },
        new("DELETE", "/v1/sort", "", "forget a distributed sort that has ended") { Parameters = ["uuid"] },
        new("DELETE", "/v1/sort/abort", "", "stop a distributed sort") { Parameters = ["uuid"] },
        new("POST", "/v1/download", "", "start a download") { IsServed = false },
        new("GET", "/v1/download", "", "how downloads stand") { IsServed = false },
        new("PUT", "/v1/etl", "", "define a transformation") { IsServed = false, Refusal = 400 },
        new("GET", "/v1/etl", "", "list transformations") { IsServed = false, Refusal = 400 },
        new("GET", "/s3", "", "the S3 API") { IsServed = false },
    ];
}
