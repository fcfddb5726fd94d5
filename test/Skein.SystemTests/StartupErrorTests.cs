using System.Net;
using System.Net.Sockets;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>A node that cannot start says why and what to do, in one line, and ends with exit code 1.</summary>
public sealed class StartupErrorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task APortThatIsTaken()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var run = await StartAsync("-role", "proxy", "-bootstrap", "-data", _folder.Path, "-listen", $"127.0.0.1:{port}");
        Failed(run, $"port {port} is taken on 127.0.0.1", "host_net.port");
    }

    [Fact]
    public async Task TwoNodesWithTheSameFolder()
    {
        await using var node = new ProcessNode(
            "target", "t1-process", _folder.Combine("t"), "-discovery-url", "http://127.0.0.1:9");
        using var http = new TestKit.Http.TestHttp();
        await node.StartAsync(http);
        var run = await StartAsync(
            "-role", "target", "-data", _folder.Combine("t"), "-discovery-url", "http://127.0.0.1:9");
        Failed(run, "is in use by another process");
    }

    [Fact]
    public async Task AMountpathThatIsMissing()
    {
        var missing = _folder.Combine("no-such-disk");
        var local = Local($$$"""{"host_net":{"hostname":"127.0.0.1","port":"0"},"fspaths":{"{{{missing}}}":""}}""");
        Failed(await StartAsync("-role", "target", "-local_config", local), missing);
    }

    [Fact]
    public async Task ATargetWithoutAnyMountpath()
    {
        var local = Local("""{"host_net":{"hostname":"127.0.0.1","port":"0"}}""");
        Failed(await StartAsync("-role", "target", "-local_config", local), "fspaths");
    }

    [Theory]
    [InlineData("""{"checksum":{"type":"crc99"}}""", "checksum type", "crc99", "xxhash")]
    [InlineData("""{"versioning":{"enabled":"perhaps"}}""", "versioning.enabled", "perhaps", "true")]
    [InlineData("""{"timeout":{"cplane_operation":"soon"}}""", "timeout.cplane_operation", "soon")]
    [InlineData("""{"proxy":{"primary_url":"not a url"}}""", "proxy.primary_url", "not a url")]
    [InlineData("""{"proxy":""", "cluster.json")]
    public async Task ABadValueInTheClusterConfiguration(string json, params string[] words)
    {
        var config = _folder.WriteFile("cluster.json", System.Text.Encoding.UTF8.GetBytes(json));
        Failed(await StartAsync("-role", "proxy", "-bootstrap", "-data", _folder.Path, "-config", config), words);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    public async Task AnAddressThatOthersReachWithoutBeingAskedFor(string host)
    {
        var run = await StartAsync("-role", "proxy", "-bootstrap", "-data", _folder.Path, "-listen", host + ":0");
        Failed(run, host, "--insecure");
    }

    [Fact]
    public async Task AFolderOfAnotherNode()
    {
        await using (var node = new ProcessNode("proxy", "p1-process", _folder.Combine("p"), "-bootstrap"))
        {
            using var http = new TestKit.Http.TestHttp();
            await node.StartAsync(http);
        }
        var run = await StartAsync("-role", "proxy", "-daemon_id", "p2-process", "-data", _folder.Combine("p"));
        Failed(run, "p1-process", "p2-process", "confdir");
    }

    [Theory]
    [InlineData("-role", "gateway", "gateway")]
    [InlineData("-role", "", "role")]
    [InlineData("-no_such_flag", "1", "no_such_flag")]
    [InlineData("-daemon_id", "short", "8")]
    public async Task AWrongFlag(string flag, string value, string word)
    {
        var arguments = new List<string> { flag, value, "-data", _folder.Path };
        if (flag != "-role")
        {
            arguments.AddRange(["-role", "proxy"]);
        }
        Failed(await StartAsync([.. arguments]), word);
    }

    [Fact]
    public async Task HelpAndVersionAreNoErrors()
    {
        var help = (await StartAsync("--help")).Succeeded();
        Assert.Contains("-discovery-url", help.Output, StringComparison.Ordinal);
        Assert.StartsWith("skeind ", (await StartAsync("-version")).Succeeded().Output, StringComparison.Ordinal);
    }

    private static Task<ProgramRun> StartAsync(params string[] arguments) => ProgramRun.RunAsync(Programs.Skeind, arguments);

    private static void Failed(ProgramRun run, params string[] words)
    {
        Assert.Equal(1, run.ExitCode);
        var lines = run.Error.TrimEnd().Split('\n');
        Assert.StartsWith("skeind: ", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error + run.Output, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, run.Error, StringComparison.Ordinal));
    }

    private string Local(string json)
    {
        var body = json[..^1];
        return _folder.WriteFile(
            "local.json",
            System.Text.Encoding.UTF8.GetBytes(
                $$"""{{body}},"confdir":"{{_folder.Combine("conf")}}","log_dir":"{{_folder.Combine("log")}}"}"""));
    }
}
