using Skein.TestKit.Clusters;

namespace Skein.ConsoleTests;

/// <summary>Pages of the cluster's proxies may talk to its targets; others may not.</summary>
public sealed class CrossOriginTests
{
    [Fact]
    public async Task OnlyOwnPagesAreLetIn()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 1);
        using var client = new HttpClient();
        (string Origin, bool IsLetIn)[] cases =
            [(cluster.Url, true), ("http://localhost:9", true), ("http://evil.example", false), ("null", false)];
        foreach (var (origin, isLetIn) in cases)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, cluster.Targets[0].Url + "/v1/objects/b/o");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "PUT");
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(isLetIn ? 204 : 200, (int)answer.StatusCode);
            Assert.Equal(isLetIn, answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }
}
