using System.Diagnostics;
using Skein.Cli.Playground;
using Skein.Core.Nodes;
using Skein.TestKit;

namespace Skein.UnitTests.Cli.Playground;

/// <summary>
/// What a playground does with processes. The nodes are stand-ins that never become healthy, so that every wait for
/// readiness ends in its error; real nodes are the business of the system tests.
/// </summary>
public sealed class PlaygroundClusterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PlaygroundCluster _cluster;
    private readonly PlaygroundFiles _files;

    public PlaygroundClusterTests()
    {
        _files = new PlaygroundFiles(Path.Combine(_folder.Path, "pg"));
        _cluster = new PlaygroundCluster(_files.Directory, TimeProvider.System, new Random());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_playground_that_fails_leaves_no_process_and_says_why()
    {
        var options = Options() with { Skeind = Sleeper.Write(_folder.Path, failing: true) };

        var error = await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.UpAsync(options, Token));

        Assert.Contains("ended while it was starting", error.Message, StringComparison.Ordinal);
        Assert.Contains("the port is taken", error.Message, StringComparison.Ordinal);
        Assert.All(_files.Load()!.Nodes, node => Assert.Equal(0, node.Pid));
    }

    [Fact]
    public async Task A_deadline_names_every_node_that_is_not_ready()
    {
        var error = await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.UpAsync(Options(), Token));

        Assert.Contains("not all nodes are ready", error.Message, StringComparison.Ordinal);
        Assert.Contains("proxy001 does not answer at http://127.0.0.1:", error.Message, StringComparison.Ordinal);
        Assert.Contains("target01 does not answer", error.Message, StringComparison.Ordinal);
        Assert.Contains("--bootstrap", error.Message, StringComparison.Ordinal); // the log's first line
        Assert.All(_files.Load()!.Nodes, node => Assert.Equal(0, node.Pid));
    }

    [Fact]
    public async Task The_description_follows_every_signal()
    {
        var node = await RunningAsync("target01");
        Assert.Equal(ProcessCondition.Running, NodeProcess.Inspect(node));

        await _cluster.KillAsync(["target01"], NodeSignal.Stop, Token);
        Assert.Equal(ProcessCondition.Stopped, NodeProcess.Inspect(node));
        Assert.Equal("stopped", (await _cluster.StatusAsync(Token)).Nodes.Single(n => n.Id == "target01").Status);

        await _cluster.KillAsync(["target01"], NodeSignal.Cont, Token);
        Assert.Equal(ProcessCondition.Running, NodeProcess.Inspect(node));

        await _cluster.KillAsync(["target01"], NodeSignal.Kill, Token);
        Assert.Equal(ProcessCondition.Gone, NodeProcess.Inspect(node));
        Assert.Equal(0, _files.Load()!.Find("target01")!.Pid);
        await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.KillAsync(["target01"], NodeSignal.Kill, Token));
        await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.KillAsync(["nosuch"], NodeSignal.Kill, Token));
    }

    [Fact]
    public async Task A_restart_keeps_ports_and_starts_another_process()
    {
        var before = await RunningAsync("target01");

        var after = Assert.Single(await _cluster.RestartAsync(["target01"], wipe: false, null, Token));

        Assert.NotEqual(before.Pid, after.Pid);
        Assert.Equal(before.PublicUrl, after.PublicUrl);
        Assert.Equal(ProcessCondition.Gone, NodeProcess.Inspect(before));
        Assert.Equal(ProcessCondition.Running, NodeProcess.Inspect(after));
        Assert.Equal(after.Pid, _files.Load()!.Find("target01")!.Pid);
    }

    [Fact]
    public async Task A_wipe_removes_state_and_keeps_configuration()
    {
        var node = await RunningAsync("target01");
        File.WriteAllText(Path.Combine(node.ConfigDirectory, ".ais.smap"), "x");
        Directory.CreateDirectory(Path.Combine(node.Mountpaths[0], "@ais/b/%ob"));

        await _cluster.RestartAsync(["target01"], wipe: true, null, Token);

        Assert.Equal(
            [node.ClusterConfigPath, node.LocalConfigPath],
            Directory.EnumerateFileSystemEntries(node.ConfigDirectory).Order(StringComparer.Ordinal));
        Assert.All(node.Mountpaths, path => Assert.Empty(Directory.EnumerateFileSystemEntries(path)));
    }

    [Fact]
    public async Task What_others_did_to_the_processes_is_found_out()
    {
        var node = await RunningAsync("proxy001");
        NodeProcess.Signal(node, NodeSignal.Kill);
        await UntilGoneAsync(node);
        var state = await _cluster.StateAsync(Token);
        Assert.Equal(0, state.Find("proxy001")!.Pid);
        Assert.Equal(state.Find("proxy002")!.PublicUrl, state.Endpoint);

        var pid = NodeProcess.Start(node, node.Command);
        var clock = Stopwatch.StartNew();
        while (state.Find("proxy001")!.Pid == 0 && clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            state = await _cluster.StateAsync(Token);
        }

        Assert.Equal(pid, state.Find("proxy001")!.Pid);
        Assert.Equal(node.PublicUrl, _files.Load()!.Endpoint);
    }

    [Fact]
    public async Task Down_ends_every_process_and_removes_only_a_playground()
    {
        await RunningAsync("proxy001");
        var nodes = _files.Load()!.Nodes;

        Assert.Equal(3, await _cluster.DownAsync(remove: false, Token));
        Assert.All(nodes, node => Assert.Equal(ProcessCondition.Gone, NodeProcess.Inspect(node)));
        Assert.Equal(0, await _cluster.DownAsync(remove: true, Token));
        Assert.False(Directory.Exists(_files.Directory));
        await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.DownAsync(remove: true, Token));

        Directory.CreateDirectory(_files.Directory);
        var precious = Path.Combine(_files.Directory, "thesis.txt");
        File.WriteAllText(precious, "x");
        await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.DownAsync(remove: true, Token));
        await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.UpAsync(Options(), Token));
        Assert.True(File.Exists(precious));
    }

    [Fact]
    public async Task An_existing_playground_keeps_its_shape()
    {
        await RunningAsync("proxy001");

        var shape = await Assert.ThrowsAsync<PlaygroundException>(
            () => _cluster.UpAsync(Options() with { Proxies = 5 }, Token));
        var settings = await Assert.ThrowsAsync<PlaygroundException>(
            () => _cluster.UpAsync(Options() with { Settings = ["log.level=4"] }, Token));

        Assert.Contains("has 2 proxies and 1 targets", shape.Message, StringComparison.Ordinal);
        Assert.Contains("--set and --promote-root are for a new one", settings.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_cannot_be_added_is_not_part_of_the_playground()
    {
        await RunningAsync("proxy001");

        await Assert.ThrowsAsync<PlaygroundException>(
            () => _cluster.AddAsync(NodeRole.Target, Options(), Token));

        Assert.Equal(["proxy001", "proxy002", "target01"], _files.Load()!.Nodes.Select(node => node.Id));
        var config = await File.ReadAllTextAsync(Path.Combine(_files.NodeDirectory("target02"), "conf/ais.json"), Token);
        Assert.Contains("\"primary_url\": \"\"", config, StringComparison.Ordinal);
        Assert.Contains(
            $"\"discovery_url\": \"{_files.Load()!.Find("proxy002")!.ControlUrl}\"", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_command_at_a_time()
    {
        await RunningAsync("proxy001");
        using var held = await _files.LockAsync(TimeSpan.Zero, TimeProvider.System, Token);

        await Assert.ThrowsAsync<PlaygroundException>(
            () => _files.LockAsync(TimeSpan.Zero, TimeProvider.System, Token));
    }

    public void Dispose()
    {
        foreach (var node in _files.Load()?.Nodes ?? [])
        {
            NodeProcess.Signal(node with { Pid = NodeProcess.Find(node) }, NodeSignal.Kill);
        }
        _cluster.Dispose();
        _folder.Dispose();
    }

    private PlaygroundOptions Options() => new()
    {
        Proxies = 2,
        Targets = 1,
        Skeind = Sleeper.Write(_folder.Path),
        Patience = TimeSpan.FromMilliseconds(100),
    };

    // The second "up" leaves the processes of a playground that exists running, although they never become ready.
    private async Task<PlaygroundNode> RunningAsync(string id)
    {
        await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.UpAsync(Options(), Token));
        await Assert.ThrowsAsync<PlaygroundException>(() => _cluster.UpAsync(Options(), Token));
        return _files.Load()!.Find(id)!;
    }

    private static async Task UntilGoneAsync(PlaygroundNode node)
    {
        var clock = Stopwatch.StartNew();
        while (NodeProcess.Inspect(node) != ProcessCondition.Gone && clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        }
    }
}
