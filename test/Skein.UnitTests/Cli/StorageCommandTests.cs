using System.Collections.Concurrent;
using System.Text.Json;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

/// <summary>What <c>skein storage</c> and <c>skein show storage</c> print and send.</summary>
public sealed class StorageCommandTests
{
    private const string Lists =
        """{"available":["/d/mp1","/d/mp2"],"waiting_dd":["/d/mp3"],"disabled":["/d/mp4"]}""";

    private const string Disk = """{"vda":{"RBps":5458,"Ravg":4096,"WBps":3072327,"Wavg":31017,"Util":7}}""";

    [Theory]
    [InlineData("storage-attach", null, "storage", "mountpath", "attach", "target01=/d/mp5", "--label", "fast")]
    [InlineData("storage-detach", null, "storage", "mountpath", "detach", "t[target01]=/d/mp2")]
    [InlineData("storage-detach-nobody", null, "storage", "mountpath", "detach", "target01=/d/mp2", "--no-resilver")]
    [InlineData("storage-disable", null, "storage", "mountpath", "disable", "target01=/d/mp2", "--no-resilver", "-y")]
    [InlineData("storage-enable", null, "storage", "mountpath", "enable", "target01=/d/mp2", "target02=/d/mp2")]
    [InlineData("storage-no-pair", null, "storage", "mountpath", "enable", "target01")]
    [InlineData("storage-of-proxy", null, "storage", "mountpath", "enable", "proxy001=/d/mp1")]
    [InlineData("storage-show", null, "storage", "mountpath", "show", "target01")]
    [InlineData("show-storage", null, "show", "storage")]
    [InlineData("show-storage-disk-80", 80, "show", "storage", "disk", "-H")]
    [InlineData("show-storage-mountpath", null, "show", "storage", "mountpath")]
    [InlineData("show-storage-capacity", null, "show", "storage", "capacity")]
    [InlineData("show-storage-capacity-80", 80, "show", "storage", "capacity")]
    [InlineData("show-storage-proxy", null, "show", "storage", "disk", "proxy001")]
    [InlineData("help-storage", 80, "storage", "--help")]
    [InlineData("help-storage-mountpath", 80, "storage", "mountpath", "--help")]
    [InlineData("help-storage-detach", 80, "storage", "mountpath", "detach", "--help")]
    [InlineData("help-show-storage", 80, "show", "storage", "--help")]
    public async Task Looks_as_agreed(string golden, int? width, params string[] arguments)
    {
        await using var cluster = await FakeCluster.StartAsync();
        var sent = Script(cluster);
        using var cli = new CliRunner(cluster) { Width = width };

        var result = await cli.RunAsync(arguments);

        Golden.Check("Cli/Golden/" + golden, result + string.Concat(sent), typeof(StorageCommandTests).Assembly);
    }

    [Fact]
    public async Task Json_is_one_document()
    {
        await using var cluster = await FakeCluster.StartAsync();
        Script(cluster);
        using var cli = new CliRunner(cluster);

        var all = JsonDocument.Parse((await cli.RunAsync("show", "storage", "--json")).Output).RootElement;
        var done = JsonDocument.Parse(
            (await cli.RunAsync("storage", "mountpath", "enable", "target01=/d/mp2", "--json")).Output).RootElement;

        var target = all.GetProperty("targets").GetProperty("target01");
        Assert.Equal("/d/mp4", target.GetProperty("mountpaths").GetProperty("disabled")[0].GetString());
        Assert.Equal(7, target.GetProperty("disks").GetProperty("vda").GetProperty("Util").GetInt64());
        Assert.Equal("target01=/d/mp2", done.GetProperty("names")[0].GetString());
    }

    private static ConcurrentQueue<string> Script(FakeCluster cluster)
    {
        foreach (var id in cluster.Map.Targets.Keys)
        {
            cluster.Statuses[id] = new NodeStatus
            {
                Capacity = new TargetCapacity
                {
                    Mountpaths = new(StringComparer.Ordinal)
                    {
                        ["/d/mp1"] = Capacity("/dev/vda", ""),
                        ["/d/mp2"] = Capacity("/dev/vdb", "fast"),
                        ["/d/mp3"] = Capacity("/dev/vda", ""),
                    },
                    TotalAvailable = 75_709_999_999,
                    PercentMin = 71,
                    PercentAverage = 72,
                    PercentMax = 73,
                    Problem = id == "target02" ? "mountpath /d/mp4 is out of service: 4 of 4 test files failed" : "",
                },
            };
        }
        cluster.Answers["GET /v1/reverse/daemon?what=mountpaths"] = Lists;
        cluster.Answers["GET /v1/reverse/daemon?what=disk"] = Disk;
        foreach (var call in (string[])["PUT", "POST", "DELETE"])
        {
            foreach (var query in (string[])["", "?mountpath_label=fast", "?dntres=true"])
            {
                cluster.Answers[$"{call} /v1/reverse/daemon/mountpaths{query}"] = "";
            }
        }
        var sent = new ConcurrentQueue<string>();
        cluster.Intercept = async (context, _) =>
        {
            var request = context.Request;
            if (request.Method != "GET")
            {
                using var body = new StreamReader(request.Body);
                sent.Enqueue(
                    $"{request.Headers["Ais-Node-Id"]}: {request.Method} {request.Path}{request.QueryString} "
                        + $"{await body.ReadToEndAsync()}\n");
            }
            return false;
        };
        return sent;
    }

    private static MountpathCapacity Capacity(string device, string label) => new()
    {
        Label = label,
        FileSystem = new Skein.Core.Wire.FileSystemInfo { Device = device, Type = "ext4" },
    };
}
