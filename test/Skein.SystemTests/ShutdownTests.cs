using System.Net.Sockets;
using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>SIGTERM ends a node in order.</summary>
public sealed class ShutdownTests
{
    private const int Size = 1_000_000;

    [Fact]
    public async Task EveryNodeEndsWithZeroWithinSeconds()
    {
        await using var cluster = await ProcessCluster.StartAsync(2, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        (await cluster.Http.PutAsync(cluster.Url, "b/o", new byte[100])).Succeeded();
        foreach (var node in cluster.Nodes.Reverse())
        {
            node.Terminate();
            var (code, took) = await node.WaitForExitAsync(TimeSpan.FromSeconds(10));
            Report.Line($"{node.Id} ended with {code} after {took.TotalMilliseconds:0} ms");
            Assert.Equal(0, code);
            Assert.Contains("has stopped", node.Output, StringComparison.Ordinal);
        }
        await Task.WhenAll(cluster.Nodes.Select(node => node.StartAsync(cluster.Http)));
        await cluster.SettleAsync();
        Assert.Equal(100, (await cluster.Http.GetAsync(cluster.Proxies[1].Url, "b/o")).Succeeded().Body.Length);
    }

    [Fact]
    public async Task APutUnderWayFinishes()
    {
        await using var cluster = await ProcessCluster.StartAsync(1, 1);
        using var put = await HalfPutAsync(cluster);
        var target = cluster.Targets[0];
        target.Terminate();
        await Poll.UntilAsync(() => Task.FromResult(
            target.Output.Contains("stops on SIGTERM", StringComparison.Ordinal) ? null : target.Output));
        await put.GetStream().WriteAsync(Content.AsMemory(Size / 2), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(put.GetStream());
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        var (code, took) = await target.WaitForExitAsync(TimeSpan.FromSeconds(10));
        Report.Line($"with a PUT that finished, the target ended with {code} after {took.TotalMilliseconds:0} ms");
        Assert.Equal(0, code);

        await target.StartAsync(cluster.Http);
        await cluster.SettleAsync();
        Assert.Equal(Content, (await cluster.Http.GetAsync(cluster.Url, "b/slow")).Succeeded().Body);
    }

    [Fact]
    public async Task APutThatDoesNotFinishLeavesNothingAndHoldsNobodyUp()
    {
        await using var cluster = await ProcessCluster.StartAsync(1, 1);
        using var put = await HalfPutAsync(cluster);
        var target = cluster.Targets[0];
        target.Terminate();
        var (code, took) = await target.WaitForExitAsync(TimeSpan.FromSeconds(9));
        Report.Line($"with a PUT that hung, the target ended with {code} after {took.TotalMilliseconds:0} ms");
        Assert.Equal(0, code);

        await target.StartAsync(cluster.Http);
        await cluster.SettleAsync();
        Assert.Equal(404, (await cluster.Http.GetAsync(cluster.Url, "b/slow")).Code);
        Assert.Empty(await cluster.Http.ListAsync(cluster.Url, "b"));
    }

    private static byte[] Content { get; } = Payloads.Bytes(Size, 1);

    /// <summary>A PUT that has reached its target, with half of its body.</summary>
    private static async Task<TcpClient> HalfPutAsync(ProcessCluster cluster)
    {
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        var redirect = await cluster.Http.SendAsync(HttpMethod.Put, cluster.Url + "/v1/objects/b/slow", "x"u8.ToArray());
        var to = new Uri(redirect.Header("Location")!);
        var client = new TcpClient();
        await client.ConnectAsync(to.Host, to.Port);
        var head = $"PUT {to.PathAndQuery} HTTP/1.1\r\nHost: h\r\nContent-Length: {Size}\r\nConnection: close\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await client.GetStream().WriteAsync(Content.AsMemory(0, Size / 2));
        // The target has taken it up when its work file is there.
        await Poll.UntilAsync(() => Task.FromResult(
            Directory.EnumerateFiles(cluster.Targets[0].Folder, "*", SearchOption.AllDirectories)
                .Any(file => new FileInfo(file).Length is > Size / 4 and < Size)
                ? null
                : "the target has not begun to write"));
        return client;
    }
}
