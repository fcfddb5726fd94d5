using System.Formats.Tar;
using System.IO.Compression;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Operations;

/// <summary>The log files of nodes, over the API: read, turned over on request, and fetched all together.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private const string Turned = "The log is turned over on request.";

    private InProcessCluster _cluster = null!;

    private TestHttp Http => _cluster.Http;

    public async ValueTask InitializeAsync() => _cluster = await InProcessCluster.StartAsync(1, 1, writesLogs: true);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task ANodeTurnsItsLogOverAndKeepsTheOldOne()
    {
        var target = _cluster.Targets[0];
        var file = $"{target.LogFolder}/skeind.log";
        var before = await LogAsync(target);
        var first = before.Split('\n')[0];
        Assert.StartsWith("{\"time\":", first, StringComparison.Ordinal);
        (await Http.ActAsync(HttpMethod.Put, $"{target.Url}/v1/daemon", "rotate-logs")).Succeeded();
        await UntilAsync(target, 1);
        var old = await File.ReadAllLinesAsync($"{file}.1", TestContext.Current.CancellationToken);
        Assert.Equal(first, old[0]);
        Assert.Single(old, line => line.Contains(Turned, StringComparison.Ordinal));
        Assert.DoesNotContain(first, await LogAsync(target), StringComparison.Ordinal);
        Assert.False(File.Exists($"{file}.2"));

        // Whoever has followed the old file is told that it was turned over.
        var past = await Http.SendAsync(HttpMethod.Get, $"{target.Url}/v1/daemon?what=log&offset={before.Length + 100_000}");
        Assert.Equal(400, past.Code);
        Assert.StartsWith("log likely rotated", past.Error.GetProperty("message").GetString(), StringComparison.Ordinal);

        // What is written from now on is in the new file.
        (await Http.CreateAsync(_cluster.Url, "b")).Succeeded();
        (await Http.ActAsync(HttpMethod.Put, $"{target.Url}/v1/daemon", "rotate-logs")).Succeeded();
        await UntilAsync(target, 2);
        Assert.Equal(first, (await File.ReadAllLinesAsync($"{file}.2", TestContext.Current.CancellationToken))[0]);
    }

    [Fact]
    public async Task AllNodesTurnTheirLogsOverAndSendAllFiles()
    {
        (await Http.ActAsync(HttpMethod.Put, $"{_cluster.Url}/v1/cluster", "rotate-logs")).Succeeded();
        foreach (var node in _cluster.Nodes)
        {
            await UntilAsync(node, 1);
            var all = (await Http.SendAsync(HttpMethod.Get, $"{node.Url}/v1/daemon?what=log&all=true")).Succeeded();
            Assert.Equal("application/x-gzip", all.Header("Content-Type"));
            var sizes = new Dictionary<string, long>();
            await using var unpacked = new GZipStream(new MemoryStream(all.Body), CompressionMode.Decompress);
            await using var tar = new TarReader(unpacked);
            while (await tar.GetNextEntryAsync(cancellationToken: TestContext.Current.CancellationToken) is { } entry)
            {
                sizes[entry.Name] = entry.Length;
            }
            Assert.Equal(["skeind.log", "skeind.log.1"], sizes.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(new FileInfo($"{node.LogFolder}/skeind.log.1").Length, sizes["skeind.log.1"]);
        }
    }

    private async Task<string> LogAsync(InProcessNode node) =>
        (await Http.SendAsync(HttpMethod.Get, $"{node.Url}/v1/daemon?what=log")).Succeeded().Text;

    /// <summary>The files are turned over behind a queue.</summary>
    private static Task UntilAsync(InProcessNode node, int times) => Poll.UntilAsync(() => Task.FromResult(
        File.Exists($"{node.LogFolder}/skeind.log.{times}") && File.Exists($"{node.LogFolder}/skeind.log")
            ? null
            : $"the log of {node.Id} was not turned over {times} times"));
}
