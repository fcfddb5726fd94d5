namespace Skein.Gateway.Rest.Catalog;

/// <summary>Calls on one node.</summary>
internal static class NodeCalls
{
    private const string Path = "/v1/daemon";

    public static readonly ApiCall[] All =
    [
        new("GET", Path, "what=smap", "cluster map"),
        new("GET", Path, "what=bmd", "buckets and their properties"),
        new("GET", Path, "what=config", "configuration of the node and of the cluster"),
        new("GET", Path, "what=snode", "the node itself"),
        new("GET", Path, "what=smapvote", "all metadata at once"),
        new("GET", Path, "what=node_status", "how the node is, with counters and capacity"),
        new("GET", Path, "what=node_stats", "the same, shorter"),
        new("GET", Path, "what=status", "as `node_status`, in the words of AIStore 3.22"),
        new("GET", Path, "what=stats", "as `node_stats`, in the words of AIStore 3.22"),
        new("GET", Path, "what=metrics", "names and kinds of the counters"),
        new("GET", Path, "what=sysinfo", "memory, CPU and load"),
        new("GET", Path, "what=software_version", "version of the program, as text"),
        new("GET", Path, "what=tls_certificate", "the certificate that the node serves; `{}` without TLS"),
        new("GET", Path, "what=disk", "rates of the disks of a target"),
        new("GET", Path, "what=mountpaths", "mountpaths of a target"),
        new("GET", Path, "what=log", "the log") { Parameters = ["severity", "offset", "all"] },
        new("GET", Path, "what=remote", "remote clusters, as a target knows them"),
        new("GET", Path, "what=control", "how the control plane is, as this node knows it"),
        new("GET", Path, "what=history", "who changed what, as this node knows it") { Parameters = ["limit", "from", "to"] },
        new("PUT", Path, "action=set-config", "override the configuration of this node") { Parameters = ["transient"] },
        new("PUT", Path, "action=reset-config", "drop the overrides"),
        new("PUT", Path, "action=rotate-logs", "begin a new log file"),
        new("PUT", Path, "action=reset-stats", "set the counters to zero"),
    ];
}
