using Skein.TestKit;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Remote;

/// <summary>The other cluster is out of reach: what is here is served, everything else is an error that says why.</summary>
public sealed class OfflineTests : IAsyncLifetime
{
    private readonly TwoClusters _both = new();

    private TestHttp Http => _both.Http;

    public ValueTask InitializeAsync() => _both.InitializeAsync();

    public ValueTask DisposeAsync() => _both.DisposeAsync();

    [Fact]
    public async Task WhatIsStoredHereIsServedAndNothingIsChanged()
    {
        var bucket = await _both.NewFarBucketAsync();
        foreach (var name in new[] { "here", "there" })
        {
            (await Http.PutAsync(_both.FarProxy, $"{bucket}/{name}", TwoClusters.Text(name))).Succeeded();
        }
        (await Http.GetAsync(_both.Proxy, $"{bucket}/here{TwoClusters.Query()}")).Succeeded();
        foreach (var node in _both.Far.Nodes)
        {
            await node.StopAsync(handsOver: false);
        }
        Assert.Equal("here", (await GetAsync(bucket, "here")).Succeeded().Text);
        var missing = await GetAsync(bucket, "there");
        Assert.Equal(502, missing.Code);
        Assert.StartsWith(
            $"remote cluster \"far\" ({_both.FarId}) does not answer: ",
            missing.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        var put = await Http.PutAsync(_both.Proxy, $"{bucket}/here{TwoClusters.Query()}", TwoClusters.Text("changed"));
        Assert.Equal(502, put.Code);
        Assert.Equal(502, (await Http.DeleteAsync(_both.Proxy, $"{bucket}/here{TwoClusters.Query()}")).Code);
        Assert.Equal("here", (await GetAsync(bucket, "here")).Succeeded().Text);
        Assert.Equal(["here"], await _both.StoredAsync(bucket));

        var head = await Http.SendAsync(HttpMethod.Head, $"{_both.Proxy}/v1/buckets/{bucket}{TwoClusters.Query()}");
        Assert.Equal((200, "true"), (head.Code, head.Header("Ais-Remote-Offline")));
        var list = await Http.ListPageAsync(_both.Proxy, bucket + TwoClusters.Query());
        Assert.Equal(502, list.Code);
        Assert.Equal(502, (await Http.DestroyAsync(_both.Proxy, bucket + TwoClusters.Query())).Code);
        Assert.Equal("here", (await GetAsync(bucket, "here")).Succeeded().Text);
        var shown = (await Http.SendAsync(HttpMethod.Get, $"{_both.Proxy}/v1/cluster?what=remote")).Succeeded().Json;
        Assert.Equal(System.Text.Json.JsonValueKind.Null, shown.GetProperty("a")[0].GetProperty("smap").ValueKind);

        // The nodes of the near cluster know the far one by name without having to ask it.
        await _both.Near.RestartAsync(_both.Near.Targets[0]);
        Assert.Equal("here", (await GetAsync(bucket, "here")).Succeeded().Text);

        await _both.Far.Nodes.First().StartAsync();
        foreach (var node in _both.Far.Targets)
        {
            await node.StartAsync();
        }
        await Poll.UntilAsync(async () =>
            await GetAsync(bucket, "there") is { Code: not 200 } reply ? reply.ToString() : null);
    }

    private Task<TestReply> GetAsync(string bucket, string name) =>
        Http.GetAsync(_both.Proxy, $"{bucket}/{name}{TwoClusters.Query()}");
}
