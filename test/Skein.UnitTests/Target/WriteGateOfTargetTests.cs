using System.Net;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target;

/// <summary>A target changes an object only while the gate lets it, and acknowledges only what the gate confirms.</summary>
public sealed class WriteGateOfTargetTests
{
    private const string Path = "/v1/objects/b/o";

    [Theory]
    [InlineData("PUT", "new")]
    [InlineData("DELETE", null)]
    [InlineData("PATCH", """{"action":"","value":{"k":"v"}}""")]
    public async Task WithoutALeaseNothingIsChangedAndTheReasonIsTold(string method, string? body)
    {
        await using var cluster = await StartAsync();
        cluster.Targets[0].Gate.Refusal = "t[t0AISwire] has no lease";
        using var refused = await cluster.FollowAsync(new HttpMethod(method), Path, body);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains(
            "has no lease", await refused.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Path);
        Assert.Equal("old", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        Assert.False(get.Headers.NonValidated.TryGetValues("Ais-Custom-Md", out _));
    }

    [Theory]
    [InlineData("PUT", "new")]
    [InlineData("DELETE", null)]
    [InlineData("PATCH", """{"action":"","value":{"k":"v"}}""")]
    public async Task WhatCannotBeConfirmedIsNotAcknowledged(string method, string? body)
    {
        await using var cluster = await StartAsync();
        cluster.Targets[0].Gate.Objection = "t[t0AISwire] lost the name";
        using var answer = await cluster.FollowAsync(new HttpMethod(method), Path, body);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task AWriteOfTheSameContentIsConfirmedToo()
    {
        await using var cluster = await StartAsync();
        using var head = await cluster.FollowAsync(HttpMethod.Head, Path);
        var checksum = head.Headers.NonValidated["Ais-Checksum-Value"].ToString();
        cluster.Targets[0].Gate.Objection = "t[t0AISwire] lost the name";
        using var same = await cluster.FollowAsync(
            HttpMethod.Put, Path, "old", ("Ais-Checksum-Type", "xxhash"), ("Ais-Checksum-Value", checksum));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, same.StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task ATargetThatIsCutOffServesWhatItHasAndDeniesNothing(string method)
    {
        await using var cluster = await StartAsync();
        cluster.Targets[0].Gate.MayDeny = false;
        using var here = await cluster.FollowAsync(new HttpMethod(method), Path);
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        using var missing = await cluster.FollowAsync(new HttpMethod(method), "/v1/objects/b/none");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, missing.StatusCode);
        cluster.Targets[0].Gate.MayDeny = true;
        using var denied = await cluster.FollowAsync(new HttpMethod(method), "/v1/objects/b/none");
        Assert.Equal(HttpStatusCode.NotFound, denied.StatusCode);
    }

    [Fact]
    public async Task ANodeThatIsBehindInWhoOwnsWhatChangesNothing()
    {
        await using var cluster = await StartAsync();
        var before = cluster.Documents.Newest.Stamp;
        await cluster.AddTargetAsync();
        var url = cluster.Targets[0].Info.DataNet.Url;
        using var stale = await cluster.SendAsync(HttpMethod.Delete, url, Path + "?provider=ais", null, Caller(before));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, stale.StatusCode);
        Assert.Contains(
            "who owns which names has changed since",
            await stale.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        Assert.Contains(cluster.Documents.Newest.Stamp.ToString(), stale.Headers.NonValidated["Skein-Stamp"].ToString(),
            StringComparison.Ordinal);
        using var current = await cluster.SendAsync(
            HttpMethod.Delete, url, Path + "?provider=ais", null, Caller(cluster.Documents.Newest.Stamp));
        Assert.Equal(HttpStatusCode.OK, current.StatusCode);
    }

    private static (string, string)[] Caller(Skein.Core.Maps.DocumentStamp stamp) =>
        [("Ais-Caller-Id", "t9AISwire"), ("Ais-Caller-Name", "t[t9AISwire]"), ("Skein-Stamp", $"cluster-1 {stamp} -")];

    private static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        using var put = await cluster.FollowAsync(HttpMethod.Put, Path, "old");
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        return cluster;
    }
}
