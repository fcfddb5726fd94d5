using System.Text;
using Skein.Core.Config;
using Skein.Core.Errors;

namespace Skein.UnitTests.Core.Config;

public sealed class NodeConfigTests
{
    private const string Recorded =
        """
        {"confdir":"/ais/p1/conf","log_dir":"/ais/p1/log","host_net":{"hostname":"127.0.0.1","hostname_intra_control":"","hostname_intra_data":"","port":"26081","port_intra_control":"26181","port_intra_data":"26281"},"fspaths":{},"test_fspaths":{"root":"/ais/p1/mp/","count":3,"instance":0}}
        """;

    /// <summary>The recorded file, and the keys of this product after it.</summary>
    private static string Shown => Recorded.Trim()[..^1]
        + ",\"promote_roots\":[],\"data_path\":{\"transport\":\"direct\",\"open_files\":4096}}";

    [Fact]
    public void Reads_the_recorded_file_and_shows_it_again()
    {
        var config = Parse(Recorded);
        Assert.Equal(Shown, config.ToJsonObject().ToJsonString());
        Assert.Empty(config.Validate(needsMountpaths: true));
        Assert.Empty(config.UnknownKeys());
        Assert.Equal(["/ais/p1/mp/mp1", "/ais/p1/mp/mp2", "/ais/p1/mp/mp3"], config.Mountpaths.Select(m => m.Path));
        Assert.True(config.HostNetwork.HasOwnControl);
        Assert.True(config.HostNetwork.HasOwnData);
        Assert.Equal(["127.0.0.1"], config.HostNetwork.HostnamesData);
    }

    [Fact]
    public void The_view_of_a_node_is_its_cluster_configuration_followed_by_its_own()
    {
        var cluster = ConfigPatch.ApplyPairs(ClusterConfig.Default, [new("auth.secret", "s3cret")]);
        var view = Encoding.UTF8.GetString(ConfigView.OfNode(cluster, Parse(Recorded)).Span);
        Assert.Equal(cluster.Masked().ToJson()[..^1] + "," + Shown[1..], view);
        Assert.DoesNotContain("s3cret", view, StringComparison.Ordinal);
        Assert.Equal(cluster.Masked().ToJson(), Encoding.UTF8.GetString(ConfigView.OfCluster(cluster).Span));
    }

    [Fact]
    public void The_key_of_newer_files_is_masked_too()
    {
        var cluster = ClusterConfig.Parse(Encoding.UTF8.GetBytes(
            """{"auth":{"signature":{"Key":"s3cret","method":"HMAC"}}}"""));
        Assert.Contains("s3cret", cluster.ToJson(), StringComparison.Ordinal);
        Assert.Contains(
            """
            "signature":{"Key":"**********","method":"HMAC"}
            """,
            Encoding.UTF8.GetString(ConfigView.OfCluster(cluster).Span),
            StringComparison.Ordinal);
        Assert.Empty(cluster.UnknownKeys());
    }

    [Fact]
    public void An_instance_is_a_folder_inside_each_numbered_mountpath() =>
        Assert.Equal(
            ["/x/mp1/7", "/x/mp2/7"],
            new TestMountpathsSection { Root = "/x", Count = 2, Instance = 7 }.Expand().Select(m => m.Path));

    [Theory]
    [InlineData("""{"/a/":"l1","/b":""}""", "l1")]
    [InlineData("""{"paths":{"/a":"l1","/b/../b":""}}""", "l1")]
    [InlineData("""{"/a":{},"/b":{}}""", "")]
    [InlineData("""["/a","//b"]""", "")]
    public void Reads_mountpaths_in_every_shape(string fspaths, string label)
    {
        var config = Parse($$"""{"confdir":"/c","log_dir":"/l","fspaths":{{fspaths}}}""");
        Assert.Equal([new MountpathEntry("/a", label), new MountpathEntry("/b", "")], config.Mountpaths);
    }

    [Theory]
    [InlineData("""{"host_net":{"port":"","port_intra_control":"","port_intra_data":"0"}}""", 0, false, false)]
    [InlineData("""{"host_net":{"port":8080,"port_intra_control":"8080"}}""", 8080, false, false)]
    [InlineData("""{"host_net":{"port":"8080","port_intra_data":"9"}}""", 8080, false, true)]
    [InlineData("""{"host_net":{"hostname":"a, b","hostname_intra_control":"c","port":"8080"}}""", 8080, true, false)]
    public void Intra_networks_share_the_public_listener_unless_told_otherwise(
        string json, int port, bool ownControl, bool ownData)
    {
        var network = Parse(json.Insert(1, "\"confdir\":\"/c\",\"log_dir\":\"/l\",")).HostNetwork;
        Assert.Equal((port, ownControl, ownData), (network.Port, network.HasOwnControl, network.HasOwnData));
    }

    [Theory]
    [InlineData("""{"host_net":{"port":"65536"}}""", "invalid host_net.port=\"65536\" (expected a port in range [0, 65535])")]
    [InlineData("""{"host_net":{"port":"http"}}""", "expected a port number 0..65535")]
    [InlineData("""{"fspaths":{"a":""}}""", "\"a\", expected an absolute path below the root")]
    [InlineData("""{"fspaths":["/a","/a/"]}""", "\"/a\" is duplicated")]
    [InlineData("""{"fspaths":["/a","/a/b"]}""", "mountpath nesting is not permitted: \"/a\" contains \"/a/b\"")]
    [InlineData("""{"fspaths":7}""", "invalid fspaths=7, expected mountpaths as")]
    [InlineData("""{"test_fspaths":{"root":"mp","count":1}}""", "invalid test_fspaths.root=\"mp\"")]
    [InlineData("""{"confdir":"conf"}""", "invalid confdir=\"conf\" (expected an absolute path)")]
    [InlineData("""{"log_dir":""}""", "invalid log_dir=\"\" (must be non-empty)")]
    public void Refuses_with_the_key_and_the_reason(string json, string part)
    {
        var filled = json.Contains("confdir", StringComparison.Ordinal) ? json : json.Insert(1, "\"confdir\":\"/c\",");
        filled = filled.Contains("log_dir", StringComparison.Ordinal) ? filled : filled.Insert(1, "\"log_dir\":\"/l\",");
        var failure = Assert.Throws<StoreException>(() => Parse(filled));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_needs_a_mountpath_and_a_proxy_does_not()
    {
        var config = Parse("""{"confdir":"/c","log_dir":"/l"}""");
        Assert.Empty(config.Validate(needsMountpaths: false));
        Assert.StartsWith("no mountpaths", Assert.Single(config.Validate(needsMountpaths: true)), StringComparison.Ordinal);
    }

    private static NodeConfig Parse(string json) => NodeConfig.Parse(Encoding.UTF8.GetBytes(json));
}
