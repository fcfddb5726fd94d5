using System.Globalization;
using System.Text.Json;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>The program <c>skein</c> with real files against a real cluster, which it brings up itself.</summary>
public sealed class CliTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    private string Playground => _folder.Combine("playground");

    public async ValueTask InitializeAsync() =>
        (await SkeinAsync("playground", "up", "--dir", Playground, "--proxies", "2", "--targets", "2")).Succeeded();

    public async ValueTask DisposeAsync()
    {
        var pids = Pids();
        await SkeinAsync("playground", "down", "--dir", Playground, "--rm");
        foreach (var pid in pids.Where(IsSkeind))
        {
            System.Diagnostics.Process.GetProcessById(pid).Kill();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task ADirectoryTreeComesBackAsItWas()
    {
        var source = Tree();
        (await SkeinAsync("create", "ais://tree")).Succeeded();
        (await SkeinAsync("put", source, "ais://tree/copy/", "--recursive", "--num-workers", "4", "--yes")).Succeeded();
        var back = _folder.Combine("back");
        (await SkeinAsync("get", "ais://tree", "--prefix", "copy/", back, "--yes")).Succeeded();
        var expected = Files(source);
        Assert.Equal(60, expected.Count);
        Assert.Equal(expected, Files(Directory.Exists(Path.Combine(back, "copy")) ? Path.Combine(back, "copy") : back));

        var listed = Json((await SkeinAsync("ls", "ais://tree", "--json")).Succeeded());
        Assert.Contains("copy/", listed.GetRawText(), StringComparison.Ordinal);
        (await SkeinAsync("rmo", "ais://tree", "--prefix", "copy/", "--yes")).Succeeded();
        (await SkeinAsync("rmb", "ais://tree", "--yes")).Succeeded();
        Assert.Equal(1, (await SkeinAsync("ls", "ais://tree")).ExitCode);
    }

    [Fact]
    public async Task EverythingThatIsShownIsAlsoThereAsJson()
    {
        (await SkeinAsync("create", "ais://shown")).Succeeded();
        var file = _folder.WriteFile("one.txt", "hello"u8);
        (await SkeinAsync("put", file, "ais://shown/one.txt")).Succeeded();
        string[][] commands =
        [
            ["show", "cluster"], ["show", "cluster", "smap"], ["ls"], ["ls", "ais://shown"], ["bucket", "ls"],
            ["playground", "status", "--dir", Playground],
        ];
        foreach (var command in commands)
        {
            var json = Json((await SkeinAsync([.. command, "--json"])).Succeeded());
            Assert.True(json.ValueKind is JsonValueKind.Object or JsonValueKind.Array);
            Assert.NotEmpty((await SkeinAsync(command)).Succeeded().Output);
        }
        Assert.Contains(
            "proxy001",
            Json(await SkeinAsync("show", "cluster", "smap", "--json")).GetRawText(),
            StringComparison.Ordinal);
        Assert.Equal("hello", (await SkeinAsync("get", "ais://shown/one.txt", "-")).Succeeded().Output);
    }

    [Theory]
    [InlineData("ais://no-such-bucket", "ls", "ais://no-such-bucket")]
    [InlineData("no-such-file", "put", "/no-such-file", "ais://b")]
    [InlineData("ais://no-such-bucket", "get", "ais://no-such-bucket/none", "-")]
    [InlineData("no-such-command", "no-such-command")]
    [InlineData("no-such-bucket", "rmb", "ais://no-such-bucket", "--yes")]
    public async Task WhatFailsEndsWithOneAndSaysWhat(string word, params string[] arguments)
    {
        var run = await SkeinAsync(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(word, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEndpointThatIsNotThereIsNamed()
    {
        var run = await ProgramRun.RunAsync(Programs.Skein, ["ls"], ("AIS_ENDPOINT", "http://127.0.0.1:9"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("127.0.0.1:9", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodesOfThePlaygroundAreKilledRestartedAndAdded()
    {
        (await SkeinAsync("create", "ais://play")).Succeeded();
        var file = _folder.WriteFile("play.bin", Payloads.Bytes(100_000, 3));
        (await SkeinAsync("put", file, "ais://play/play.bin")).Succeeded();
        var target = Nodes().First(node => node.GetProperty("role").GetString() == "target").GetProperty("id").GetString()!;
        (await SkeinAsync("playground", "kill", target, "--dir", Playground)).Succeeded();
        Assert.Equal(3, Pids().Count);
        (await SkeinAsync("playground", "restart", target, "--dir", Playground)).Succeeded();
        (await SkeinAsync("playground", "add", "target", "--dir", Playground)).Succeeded();
        Assert.Equal(5, Pids().Count);
        Assert.All(Pids(), pid => Assert.True(IsSkeind(pid)));
        var back = _folder.Combine("play.back");
        (await SkeinAsync("get", "ais://play/play.bin", back)).Succeeded();
        Assert.Equal(
            await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken));
    }

    private async Task<ProgramRun> SkeinAsync(params string[] arguments) => await ProgramRun.RunAsync(
        Programs.Skein, arguments, ("SKEIND", Programs.Skeind), ("AIS_ENDPOINT", Endpoint()), ("SKEIN_ENDPOINT", null));

    private string? Endpoint() => State()?.GetProperty("endpoint").GetString();

    private List<JsonElement> Nodes() => [.. State()!.Value.GetProperty("nodes").EnumerateArray()];

    /// <summary>Process ids of the nodes that run, by the playground's own file.</summary>
    private List<int> Pids() => State() is null
        ? []
        : [.. Nodes().Select(node => node.GetProperty("pid").GetInt32()).Where(pid => pid != 0)];

    private JsonElement? State()
    {
        var file = Path.Combine(Playground, "cluster.json");
        return File.Exists(file) ? JsonDocument.Parse(File.ReadAllBytes(file)).RootElement : null;
    }

    private static bool IsSkeind(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains("skeind", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static JsonElement Json(ProgramRun run) => JsonDocument.Parse(run.Output).RootElement;

    private string Tree()
    {
        for (var i = 0; i < 60; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"tree/d{i % 4}/with space/f{i}.bin");
            _folder.WriteFile(name, Payloads.Bytes(i * i * 50, i));
        }
        return _folder.Combine("tree");
    }

    private static SortedDictionary<string, string> Files(string root) => new(
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(root, file), file => Ledger.Sum(File.ReadAllBytes(file))),
        StringComparer.Ordinal);
}
