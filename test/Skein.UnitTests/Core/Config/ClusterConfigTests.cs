using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Core.Config;
using Skein.Core.Errors;

namespace Skein.UnitTests.Core.Config;

public sealed class ClusterConfigTests
{
    /// <summary>What a server of the protocol shows for its cluster configuration, recorded.</summary>
    private const string Recorded =
        """
        {"backend":{},"mirror":{"copies":2,"burst_buffer":128,"enabled":false},"ec":{"compression":"never","objsize_limit":262144,"data_slices":1,"parity_slices":1,"bundle_multiplier":2,"enabled":false,"disk_only":false},"log":{"level":"3","max_size":"4MiB","max_total":"128MiB","flush_time":"40s","stats_time":"1m","to_stderr":false},"periodic":{"stats_time":"10s","retry_sync_time":"2s","notif_time":"30s"},"timeout":{"cplane_operation":"2s","max_keepalive":"4s","max_host_busy":"20s","startup_time":"1m","join_startup_time":"3m","send_file_time":"5m"},"client":{"client_timeout":"10s","client_long_timeout":"10m","list_timeout":"1m"},"proxy":{"primary_url":"http://127.0.0.1:26180","original_url":"http://127.0.0.1:26080","discovery_url":"http://127.0.0.1:26081","non_electable":false},"space":{"cleanupwm":65,"lowwm":75,"highwm":90,"out_of_space":95},"lru":{"dont_evict_time":"2h0m","capacity_upd_time":"10m","enabled":true},"disk":{"disk_util_low_wm":20,"disk_util_high_wm":80,"disk_util_max_wm":95,"iostat_time_long":"2s","iostat_time_short":"100ms"},"rebalance":{"compression":"never","dest_retry_time":"2m","bundle_multiplier":2,"enabled":true},"resilver":{"enabled":true},"checksum":{"type":"xxhash","validate_cold_get":false,"validate_warm_get":false,"validate_obj_move":false,"enable_read_range":false},"versioning":{"enabled":true,"validate_warm_get":false,"synchronize":false},"net":{"l4":{"proto":"tcp","sndrcv_buf_size":131072},"http":{"server_crt":"server.crt","server_key":"server.key","domain_tls":"","client_ca_tls":"","client_auth_tls":0,"write_buffer_size":65536,"read_buffer_size":65536,"use_https":false,"skip_verify":false,"chunked_transfer":true}},"fshc":{"test_files":4,"error_limit":2,"enabled":true},"auth":{"secret":"**********","enabled":false},"keepalivetracker":{"proxy":{"name":"heartbeat","interval":"10s","factor":3},"target":{"name":"heartbeat","interval":"10s","factor":3},"retry_factor":4},"downloader":{"timeout":"1h0m"},"distributed_sort":{"duplicated_records":"ignore","missing_shards":"ignore","ekm_malformed_line":"abort","ekm_missing_key":"abort","default_max_mem_usage":"80%","call_timeout":"10m","dsorter_mem_threshold":"100GB","compression":"never","bundle_multiplier":4},"transport":{"max_header":4096,"burst_buffer":512,"idle_teardown":"4s","quiescent":"10s","lz4_block":"256KiB","lz4_frame_checksum":false},"memsys":{"min_free":"2GiB","default_buf":"32KiB","to_gc":"2GiB","hk_time":"1m30s","min_pct_total":0,"min_pct_free":0},"tcb":{"compression":"never","bundle_multiplier":2},"write_policy":{"data":"","md":""},"features":"0","lastupdate_time":"2026-11-22 21:00:59.761030849 +0000 UTC m=+16.095669284","uuid":"k4AXzef_8","config_version":"1"
        """;

    [Fact]
    public void Shows_defaults_exactly_as_recorded_and_own_keys_after_them()
    {
        var config = ClusterConfig.Default with
        {
            Uuid = "k4AXzef_8",
            Version = 1,
            LastUpdateTime = "2026-11-22 21:00:59.761030849 +0000 UTC m=+16.095669284",
            Proxy = ClusterConfig.Default.Proxy with
            {
                PrimaryUrl = "http://127.0.0.1:26180",
                OriginalUrl = "http://127.0.0.1:26080",
                DiscoveryUrl = "http://127.0.0.1:26081",
            },
        };
        var json = config.Masked().ToJson();
        Assert.StartsWith(Recorded, json, StringComparison.Ordinal);
        var rest = json[Recorded.Length..];
        Assert.StartsWith(",\"skein\":{\"partition_policy\":\"consistent\",", rest, StringComparison.Ordinal);
        Assert.EndsWith("\"durability\":{\"ack\":\"disk\"}}}", rest, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_what_was_recorded_back_to_the_same_text()
    {
        var config = Parse(Recorded + "}");
        Assert.Empty(config.UnknownKeys());
        Assert.Empty(config.Validate());
        Assert.StartsWith(Recorded, config.Masked().ToJson(), StringComparison.Ordinal);
        Assert.Equal("", config.Authentication.Secret);
    }

    [Fact]
    public void Defaults_are_valid() => Assert.Empty(ClusterConfig.Default.Validate());

    private static ClusterConfig Parse(string json) => ClusterConfig.Parse(Encoding.UTF8.GetBytes(json));
}
