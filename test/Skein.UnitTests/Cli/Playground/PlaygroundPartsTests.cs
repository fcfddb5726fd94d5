using System.Net;
using System.Net.Sockets;
using Skein.Cli;
using Skein.Cli.Commands;
using Skein.Cli.Playground;
using Skein.TestKit;

namespace Skein.UnitTests.Cli.Playground;

public sealed class PlaygroundPartsTests
{
    private static readonly JoinUrls Urls = new("http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3");

    [Fact]
    public void Free_ports_are_free_and_follow_each_other()
    {
        var ports = new PortAllocator(new Random()).FindFree(9);

        Assert.Equal(Enumerable.Range(ports[0], 9), ports);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, ports[^1]));
    }

    [Fact]
    public void A_taken_port_is_named()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(1);
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;

        var error = Assert.Throws<PlaygroundException>(() => new PortAllocator(new Random()).Sequence(port, 3));

        Assert.StartsWith($"port {port} is taken", error.Message, StringComparison.Ordinal);
        Assert.Throws<PlaygroundException>(() => new PortAllocator(new Random()).Sequence(65530, 9));
    }

    [Fact]
    public void Settings_become_typed_json()
    {
        var config = NodeConfigFiles.ClusterConfig(
            Urls,
            ["checksum.type=md5", "mirror.copies=2", "lru.enabled=false", "log.level=4", "backend={\"ais\":{}}"]);

        Assert.Equal(
            "{\"proxy\":{\"primary_url\":\"http://127.0.0.1:1\",\"original_url\":\"http://127.0.0.1:2\","
                + "\"discovery_url\":\"http://127.0.0.1:3\"},\"checksum\":{\"type\":\"md5\"},\"mirror\":{\"copies\":2},"
                + "\"lru\":{\"enabled\":false},\"log\":{\"level\":\"4\"},\"backend\":{\"ais\":{}}}",
            config.ToJsonString());
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("=1")]
    [InlineData("a..b=1")]
    [InlineData("a={")]
    public void Bad_settings_are_refused(string setting)
    {
        Assert.Throws<CliException>(() => NodeConfigFiles.ClusterConfig(Urls, [setting]));
    }

    [Fact]
    public void The_node_executable_is_found_where_it_may_be()
    {
        using var folder = new TempFolder();
        var cli = Touch(folder, "bin/Skein.Cli/release/skein");
        var built = Touch(folder, "bin/Skein.Node/release/skeind");
        var told = Touch(folder, "told/skeind");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "skein"), cli);

        Assert.Equal(built, SkeindLocator.Find(null, _ => null, cli));
        Assert.Equal(built, SkeindLocator.Find(null, _ => null, Path.Combine(folder.Path, "skein")));
        Assert.Equal(told, SkeindLocator.Find(null, name => name == "SKEIND" ? told : null, cli));
        Assert.Equal(told, SkeindLocator.Find(told, _ => built, cli));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "skeind"), built);
        Assert.Equal(built, SkeindLocator.Find(null, _ => null, Path.Combine(folder.Path, "skein")));
        Assert.Throws<PlaygroundException>(() => SkeindLocator.Find("/nosuch/skeind", _ => null, cli));
        File.Delete(built);
        File.Delete(Path.Combine(folder.Path, "skeind"));
        Assert.Throws<PlaygroundException>(() => SkeindLocator.Find(null, _ => null, cli));
    }

    [Fact]
    public void Endpoints_come_from_the_first_place_that_names_them()
    {
        using var cli = new CliRunner();
        string?[] Find(string? told, params (string, string)[] variables) => [.. EndpointFinder.Find(
            told, Host(cli.Folder, variables.ToDictionary(pair => pair.Item1, pair => pair.Item2)))];

        Assert.Equal(["http://127.0.0.1:8080"], Find(null));
        Assert.Equal(["http://a"], Find(null, ("AIS_ENDPOINT", "http://a")));
        Assert.Equal(["http://b", "http://c"], Find(null, ("AIS_ENDPOINT", "x"), ("SKEIN_ENDPOINT", "http://b, http://c")));
        Assert.Equal(["http://d"], Find("http://d", ("SKEIN_ENDPOINT", "http://b")));
    }

    private static CliHost Host(string folder, Dictionary<string, string> variables) => new()
    {
        Output = new Spectre.Console.Testing.TestConsole(),
        Error = new Spectre.Console.Testing.TestConsole(),
        Width = null,
        OpenInput = () => Stream.Null,
        OpenOutput = () => Stream.Null,
        Confirm = null,
        Variables = variables.GetValueOrDefault,
        CurrentDirectory = folder,
        ProgramDirectory = folder,
        Time = TimeProvider.System,
        Random = new Random(1),
    };

    private static string Touch(TempFolder folder, string path)
    {
        var full = Path.Combine(folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "");
        return full;
    }
}
