using System.Text;
using Skein.Core.Config;
using Skein.Core.Errors;

namespace Skein.UnitTests.Core.Config;

public sealed class ConfigValidationTests
{
    [Theory]
    [InlineData("""{"timeout":{"max_keepalive":"1s"}}""",
        "configuration: invalid timeout.max_keepalive=1s, must be >= 2*(cplane_operation=2s)")]
    [InlineData("""{"timeout":{"max_keepalive":1}}""",
        "configuration: invalid timeout.max_keepalive=1, expected a duration such as \"2s\", \"100ms\" or \"1m30s\"")]
    [InlineData("""{"timeout":{"max_keepalive":"soon"}}""",
        "configuration: invalid timeout.max_keepalive=\"soon\", expected a duration such as \"2s\", \"100ms\" or \"1m30s\"")]
    [InlineData("""{"periodic":{"stats_time":"2h"}}""",
        "configuration: invalid periodic.stats_time=2h0m (expected range [1s, 1m])")]
    [InlineData("""{"mirror":{"copies":200}}""",
        "configuration: invalid mirror.copies: 200 (expected value in range [2, 32])")]
    [InlineData("""{"mirror":{"copies":"2"}}""",
        "configuration: invalid mirror.copies=\"2\", expected an integer")]
    [InlineData("""{"mirror":[]}""",
        "configuration: invalid mirror=[], expected a JSON object")]
    [InlineData("""{"checksum":{"type":"sha1"}}""",
        "configuration: invalid checksum type \"sha1\" (expecting [crc32c md5 sha256 sha512 xxhash xxhash2 none])")]
    [InlineData("""{"ec":{"compression":"maybe"}}""",
        "configuration: invalid ec.compression: \"maybe\" (expecting one of: [always never])")]
    [InlineData("""{"space":{"lowwm":95}}""",
        "configuration: invalid space config: cleanup=65%, low=95%, high=90%, OOS=95% "
            + "(expecting: 0 < cleanup < low < high < OOS < 100)")]
    [InlineData("""{"skein":{"partition_policy":"yolo"}}""",
        "configuration: invalid skein.partition_policy=\"yolo\", expected one of [consistent available]")]
    [InlineData("""{"skein":{"keepalive_voters":"400ms"}}""",
        "configuration: invalid skein.keepalive_voters=400ms, must be <= skein.election_timeout_min=500ms/2")]
    [InlineData("""{"proxy":{"primary_url":"http://a:1,localhost"}}""",
        "configuration: invalid proxy.primary_url=\"http://a:1,localhost\", expected http:// or https:// URLs "
            + "separated by commas (\"localhost\" is none)")]
    [InlineData("""{"transport":{"lz4_block":"1kb"},"resilver":{"enabled":1}}""",
        "configuration: invalid transport.lz4_block=1KiB (expected range [64KiB, 4MiB]); "
            + "invalid resilver.enabled=1, expected true or false")]
    [InlineData("""{"write_policy":{"data":"never"}}""",
        "configuration: invalid write policy for data: \"never\" not implemented yet")]
    [InlineData("""{"auth":{"enabled":true}}""",
        "configuration: invalid auth.enabled=true, auth.secret must not be empty")]
    [InlineData("""[1]""", "configuration: invalid configuration=[1], expected a JSON object")]
    [InlineData("{\n \"mirror\": {,}\n}", "configuration is not valid JSON: line 2, byte 13")]
    public void Says_key_value_and_what_is_allowed(string json, string message)
    {
        var failure = Assert.Throws<StoreException>(() => ClusterConfig.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(StoreErrorCode.InvalidRequest, failure.Code);
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void Reads_keys_in_any_case_with_comments_and_units_of_any_spelling()
    {
        var config = ClusterConfig.Parse(Encoding.UTF8.GetBytes(
            """
            { // as in AIStore's own templates
              "Log": {"MAX_SIZE": "8mb", "max_total": 134217728},
              "memsys": {"hk_time": "90s", "min_free": "2gb"},
              "lru": {"dont_evict_time": "120m"},
              "features": 5,
              "timeout": {"startup_time": "2m", "join_startup_time": "0s"},
            }
            """));
        Assert.Equal(8 * ByteSize.MiB, config.Log.MaxSize);
        Assert.Equal(128 * ByteSize.MiB, config.Log.MaxTotal);
        Assert.Equal(TimeSpan.FromSeconds(90), config.Memory.HousekeepingTime);
        Assert.Equal(TimeSpan.FromHours(2), config.Lru.DontEvictTime);
        Assert.Equal(5UL, config.Features);
        Assert.Equal(TimeSpan.FromMinutes(4), config.Timeout.JoinStartupTime);
    }

    [Fact]
    public void Keeps_unknown_keys_and_reports_only_those_that_nobody_knows()
    {
        var config = ClusterConfig.Parse(Encoding.UTF8.GetBytes(
            """{"tco":{"compression":"never"},"net":{"use_ipv6":true,"http":{"colour":"red"}},"spce":{"lowwm":1}}"""));
        Assert.Equal(["net.http.colour", "spce"], config.UnknownKeys());
        var json = config.ToJson();
        Assert.Contains("\"colour\":\"red\"", json, StringComparison.Ordinal);
        Assert.Contains("\"use_ipv6\":true", json, StringComparison.Ordinal);
        Assert.Contains("\"spce\":{\"lowwm\":1}", json, StringComparison.Ordinal);
        Assert.Equal(config, ClusterConfig.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Comments_in_kept_values_are_not_shown_again()
    {
        var config = ClusterConfig.Parse(Encoding.UTF8.GetBytes("{\"backend\":{ // none\n \"aws\" : {}, },\"x\":[1, /*2*/ 3,]}"));
        Assert.Equal("""{"aws":{}}""", config.Backend.Text);
        Assert.Contains("""},"x":[1,3]}""", config.ToJson(), StringComparison.Ordinal);
        using var document = System.Text.Json.JsonDocument.Parse(config.ToJson());
        Assert.Equal(config, ClusterConfig.FromJson(document.RootElement));
    }

    [Fact]
    public void Sparse_form_holds_only_differences_and_reads_back_equal()
    {
        var config = ClusterConfig.Parse(Encoding.UTF8.GetBytes(
            """{"backend":{"ais":{"x":["http://a"]}},"periodic":{"stats_time":"11s"},"skein":{"durability":{"ack":"redundant"}},"zz":1}"""));
        var sparse = config.ToSparse().ToJsonString();
        Assert.Equal(
            """{"backend":{"ais":{"x":["http://a"]}},"periodic":{"stats_time":"11s"},"skein":{"durability":{"ack":"redundant"}},"zz":1}""",
            sparse);
        Assert.Equal(config, ClusterConfig.Parse(Encoding.UTF8.GetBytes(sparse)));
        Assert.Equal("{}", ClusterConfig.Default.ToSparse().ToJsonString());
    }

    [Fact]
    public void Values_made_in_code_are_checked_too()
    {
        var config = ClusterConfig.Default with
        {
            Mirror = ClusterConfig.Default.Mirror with { Copies = 1 },
            Disk = ClusterConfig.Default.Disk with { ShortInterval = TimeSpan.FromSeconds(3) },
        };
        Assert.Equal(
            [
                "invalid mirror.copies: 1 (expected value in range [2, 32])",
                "invalid disk.iostat_time_long=2s, must be >= disk.iostat_time_short=3s",
            ],
            config.Validate());
    }
}
