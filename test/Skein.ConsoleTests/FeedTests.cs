using System.Text.Json;
using Skein.Console.Feed;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.ConsoleTests;

/// <summary>What <c>/v1/console/events</c> pushes.</summary>
public sealed class FeedTests
{
    [Fact]
    public async Task TheFeedFollowsTheClusterAndEndsWithTheNode()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 1);
        using var client = new HttpClient();
        // The second proxy is not the primary, and shows what the primary knows.
        await using var stream = await client.GetStreamAsync(
            cluster.Proxies[1].Url + "/v1/console/events", TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var view = await NextAsync(reader);
        Assert.True(view.Writable);
        Assert.Equal("p2-in-test", view.Node);
        Assert.Equal("p1-in-test", view.Control.Primary);
        Assert.Equal(["p1-in-test", "p2-in-test", "t1-in-test"], view.Nodes.Select(node => node.Id));
        Assert.All(view.Nodes, node => Assert.True(node.Answers));
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        while ((await NextAsync(reader)).Buckets == 0)
        {
            // The next push has it, or the one after it; the test's limit of time ends this.
        }
        var stopping = cluster.Proxies[1].StopAsync();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is not null)
        {
            // What was pushed before; the answer ends by itself.
        }
        await stopping;
    }

    [Fact]
    public async Task OnlySoManyMayLook()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 0);
        using var client = new HttpClient();
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < ConsoleFeed.MaxWatchers; i++)
        {
            open.Add(await LookAsync(client, cluster.Url));
            Assert.True(open[^1].IsSuccessStatusCode);
        }
        using (var refused = await LookAsync(client, cluster.Url))
        {
            Assert.Equal(503, (int)refused.StatusCode);
        }
        open.ForEach(answer => answer.Dispose());
        await Poll.UntilAsync(async () =>
        {
            using var again = await LookAsync(client, cluster.Url);
            return again.IsSuccessStatusCode ? null : "those who have gone are still counted";
        });
    }

    private static Task<HttpResponseMessage> LookAsync(HttpClient client, string url) => client.GetAsync(
        url + "/v1/console/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    private static async Task<ConsoleView> NextAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonSerializer.Deserialize(line["data: ".Length..], ConsoleJsonContext.Default.ConsoleView)!;
            }
        }
        throw new InvalidOperationException("the feed ended");
    }
}
