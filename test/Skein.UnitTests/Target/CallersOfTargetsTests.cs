using System.Net;
using Microsoft.Extensions.Time.Testing;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target;

public sealed class CallersOfTargetsTests
{
    /// <summary>A target that cannot get the document of its caller serves the call with what it knows.</summary>
    [Theory]
    [InlineData("/v1/backend")]
    [InlineData("/v1/rebalance/offer")]
    [InlineData("/v1/promotions/look")]
    [InlineData("/v1/copies/ask")]
    public async Task ATargetThatIsBehindAnswersAllTheSame(string path)
    {
        var documents = new FakeCluster();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var target = await TestNode.StartAsync(documents, "t0AISwire", NodeRole.Target, time);
        var proxy = FakeFacts.Node("p0AISwire", NodeRole.Proxy, 1);
        var other = FakeFacts.Node("t1AISwire", NodeRole.Target, 2);
        documents.Change(document => document with
        {
            Map = new ClusterMap(
                ClusterMap.NoNodes.Add(proxy.Id, proxy),
                ClusterMap.NoNodes.Add(other.Id, other).Add(target.Info.Id, target.Info), proxy.Id, "cluster-1", "", 1),
        });
        target.Control.IsCutOff = true;
        var caller = path.Contains("promotions", StringComparison.Ordinal) ? proxy : other;
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Info.ControlNet.Url + path);
        request.Headers.Add("Ais-Caller-Id", caller.Id);
        request.Headers.TryAddWithoutValidation("Skein-Stamp", "cluster-1 0.1.99 -");
        request.Content = new StringContent("nonsense");
        var sent = http.SendAsync(request, StoreFixture.Cancel);
        await Poll.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(sent.IsCompleted ? null : "the call is not answered");
        });
        using var answer = await sent;
        Assert.Equal(1, target.Control.CatchUps);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(
            "is no", await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
    }
}
