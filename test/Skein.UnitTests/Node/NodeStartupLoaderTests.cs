using Skein.Core.Config;
using Skein.Core.Nodes;
using Skein.Node.CommandLine;

namespace Skein.UnitTests.Node;

public sealed class NodeStartupLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("skein-startup-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_target_starts_with_a_discovery_url_and_a_folder_only()
    {
        var startup = Load($"-role target --discovery-url http://a:1,http://b:2 --data {_folder}/t1 -mountpaths 2");
        Assert.Equal(NodeRole.Target, startup.Role);
        Assert.Null(startup.DaemonId);
        Assert.Equal(($"{_folder}/t1/conf", $"{_folder}/t1/log"), (startup.Node.ConfigDirectory, startup.Node.LogDirectory));
        Assert.Equal([$"{_folder}/t1/mp1", $"{_folder}/t1/mp2"], startup.Node.Mountpaths.Select(m => m.Path));
        Assert.Equal(("127.0.0.1", 0), (startup.Node.HostNetwork.Hostname, startup.Node.HostNetwork.Port));
        Assert.False(startup.Node.HostNetwork.HasOwnControl);
        Assert.Equal(["http://a:1", "http://b:2"], startup.JoinUrls);
        Assert.Empty(startup.UnknownKeys);
    }

    [Fact]
    public void A_proxy_has_no_mountpaths_and_listens_where_it_is_told()
    {
        var startup = Load($"-role proxy -data {_folder}/p1 -listen [::1]:8080 -bootstrap");
        Assert.Empty(startup.Node.Mountpaths);
        Assert.Equal(("::1", 8080), (startup.Node.HostNetwork.Hostname, startup.Node.HostNetwork.Port));
        Assert.True(startup.Options.Bootstrap);
    }

    [Fact]
    public void Files_overrides_and_environment_come_together()
    {
        var config = Write("ais.json",
            """
            {"proxy":{"primary_url":"http://p:1/","original_url":"http://o:1","discovery_url":"http://P:1"},
             "log":{"level":"3"},"colour":"red"}
            """);
        var local = Write("local.json",
            """{"confdir":"/c","log_dir":"/l","fspaths":{"/d/mp1":""},"host_net":{"port":"8081"},"size":7}""");
        var startup = NodeStartupLoader.Load(
            NodeOptionsParser.Parse(
                ($"-role=target -config={config} -local_config={local} "
                    + "-config_custom=log.level=4,timeout.send_file_time=7m").Split(' ')),
            NodeEnvironment.Read(name => name switch
            {
                "AIS_PRIMARY_EP" => "e:1",
                "AIS_DAEMON_ID" => "fromtheenv",
                _ => null,
            }));
        Assert.Equal("fromtheenv", startup.DaemonId);
        Assert.Equal(["http://e:1", "http://p:1", "http://o:1"], startup.JoinUrls);
        Assert.Equal([$"{config}: colour", $"{local}: size"], startup.UnknownKeys);
        Assert.Equal(("3", "4"), (startup.InitialCluster.Log.Level, startup.Cluster.Log.Level));
        Assert.Equal("""{"log":{"level":"4"},"timeout":{"send_file_time":"7m"}}""", startup.Override.ToJsonString());

        var replicated = startup.InitialCluster with { Version = 9 };
        Assert.Equal("4", startup.Effective(replicated, startup.Override, out var problem).Log.Level);
        Assert.Null(problem);
        var useless = ConfigPatch.PairsToJson([new("timeout.cplane_operation", "3s"), new("log.level", "5")]);
        Assert.Equal(replicated, startup.Effective(replicated, useless, out problem));
        Assert.Equal("invalid timeout.max_keepalive=4s, must be >= 2*(cplane_operation=3s)", problem);
    }

    [Fact]
    public void Says_which_file_is_wrong_and_why()
    {
        Assert.StartsWith(
            $"failed to load -local_config \"{_folder}/none.json\": ",
            Fails($"-role proxy -local_config {_folder}/none.json"), StringComparison.Ordinal);
        var local = Write("local.json", """{"confdir":"/c","log_dir":"/l"}""");
        Assert.StartsWith($"{local}: no mountpaths", Fails($"-role target -local_config {local}"), StringComparison.Ordinal);
        var config = Write("ais.json", """{"mirror":{"copies":1}}""");
        Assert.Equal(
            $"{config}: invalid mirror.copies: 1 (expected value in range [2, 32])",
            Fails($"-role proxy -config {config} -local_config {local}"));
        var broken = Write("broken.json", "{\n\n\"a\"}");
        Assert.Equal($"{broken} is not valid JSON: line 3, byte 4", Fails($"-role proxy -local_config {broken}"));
    }

    [Theory]
    [InlineData("-config_custom=nosuch.key=1", "unknown property \"nosuch.key\"")]
    [InlineData(
        "-config_custom=timeout.max_keepalive=1s",
        "invalid timeout.max_keepalive=1s, must be >= 2*(cplane_operation=2s)")]
    [InlineData("-discovery-url=nowhere", "-discovery-url: invalid proxy.discovery_url=\"nowhere\"")]
    [InlineData("-listen=8080", "invalid value \"8080\" for -listen: expected HOST:PORT")]
    public void Says_which_flag_is_wrong(string flag, string message) =>
        Assert.StartsWith(message, Fails($"-role proxy -data {_folder}/p {flag}"), StringComparison.Ordinal);

    private static NodeStartup Load(string line) =>
        NodeStartupLoader.Load(NodeOptionsParser.Parse(line.Split(' ')), NodeEnvironment.Read(_ => null));

    private static string Fails(string line) => Assert.Throws<StartupException>(() => Load(line)).Message;

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
