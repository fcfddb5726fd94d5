namespace Skein.Gateway.Rest.Catalog;

/// <summary>Calls on the whole cluster; any proxy takes them.</summary>
internal static class ClusterCalls
{
    private const string Path = "/v1/cluster";

    public static readonly ApiCall[] All =
    [
        new("GET", Path, "what=smap", "cluster map"),
        new("GET", Path, "what=bmd", "buckets and their properties"),
        new("GET", Path, "what=snode", "the proxy that answers"),
        new("GET", Path, "what=smapvote", "all metadata at once"),
        new("GET", Path, "what=cluster_config", "configuration of the cluster"),
        new("GET", Path, "what=node_stats", "counters and capacity of all targets"),
        new("GET", Path, "what=stats", "the same, in the words of AIStore 3.22"),
        new("GET", Path, "what=sysinfo", "memory, CPU and load of all nodes"),
        new("GET", Path, "what=mountpaths", "mountpaths of all targets"),
        new("GET", Path, "what=remote", "remote clusters"),
        new("GET", Path, "what=target_ips", "addresses of the targets"),
        new("GET", Path, "what=backends", "providers that are configured"),
        new("GET", Path, "what=status", "how one job stands"),
        new("GET", Path, "what=status_all", "how all jobs stand"),
        new("GET", Path, "what=qryxstats", "progress of jobs on each target"),
        new("GET", Path, "what=running_all", "jobs that run"),
        new("GET", Path, "what=control", "how the control plane is"),
        new("GET", Path, "what=history", "who changed what") { Parameters = ["limit", "from", "to"] },
        new("GET", Path, "what=history_diff", "what differs between two versions") { Parameters = ["from", "to"] },
        new("PUT", Path, "action=set-config", "change the configuration") { Parameters = ["transient"] },
        new("PUT", Path, "action=reset-config", "take the default configuration"),
        new("PUT", Path, "action=rotate-logs", "begin new log files"),
        new("PUT", Path, "action=reset-stats", "set the counters to zero"),
        new("PUT", Path, "action=start", "start a job"),
        new("PUT", Path, "action=stop", "stop a job"),
        new("PUT", Path, "action=start-maintenance", "take nodes out of service"),
        new("PUT", Path, "action=stop-maintenance", "bring nodes back"),
        new("PUT", Path, "action=shutdown-node", "take nodes out and end them"),
        new("PUT", Path, "action=decommission-node", "remove nodes for good"),
        new("PUT", Path, "action=rm-unsafe", "remove nodes at once, with what they hold"),
        new("PUT", Path, "action=shutdown", "end all nodes"),
        new("PUT", Path, "action=decommission", "give the cluster up"),
    ];
}
