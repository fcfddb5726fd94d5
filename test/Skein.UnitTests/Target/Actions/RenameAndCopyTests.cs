using System.Net;
using Skein.Gateway.Metrics;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Actions;

public sealed class RenameAndCopyTests
{
    private const int Names = 8;

    [Fact]
    public async Task ARenamedObjectKeepsWhatBelongsToIt()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        for (var i = 0; i < Names; i++)
        {
            using var put = await cluster.FollowAsync(
                HttpMethod.Put, $"/v1/objects/b/o{i}", $"content {i}", ("Ais-Custom-Md", "k=v"));
            using var renamed = await RenameAsync(cluster, $"o{i}", $"dir/new {i}");
            Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
            Assert.Equal(0, renamed.Content.Headers.ContentLength);
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/dir/new%20{i}");
            Assert.Equal($"content {i}", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
            Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
            Assert.Equal(put.Header("Ais-Checksum-Value"), get.Header("Ais-Checksum-Value"));
            using var old = await cluster.FollowAsync(HttpMethod.Head, $"/v1/objects/b/o{i}");
            Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
        }
        Assert.Equal(Names, cluster.Targets.Sum(target => target.Counters.Read(NodeCounter.Rename)));
        Assert.Equal(0, cluster.Targets.Sum(target => target.Counters.Read(NodeCounter.RenameErrors)));
    }

    [Fact]
    public async Task ARenameOverAnObjectContinuesItsVersion()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        for (var i = 0; i < Names; i++)
        {
            (await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/o{i}", "new")).Dispose();
            (await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/d{i}", "1")).Dispose();
            (await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/d{i}", "2")).Dispose();
            (await RenameAsync(cluster, $"o{i}", $"d{i}")).Dispose();
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/d{i}");
            Assert.Equal("3", get.Header("Ais-Version"));
            Assert.Equal("new", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
    }

    [Theory]
    [InlineData("none", "new", 404, "ais://b/none does not exist")]
    [InlineData("o", "", 400, "invalid object name")]
    [InlineData("o", "o", 400, "to itself")]
    [InlineData("o", "../x", 400, "invalid object name")]
    [InlineData("o", "x/", 400, "invalid object name")]
    public async Task WhatCannotBeRenamedStaysAsItIs(string name, string newName, int status, string text)
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "content")).Dispose();
        using var answer = await RenameAsync(cluster, name, newName);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        using var get = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/o");
        Assert.Equal("content", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task ARenameThatFailsAtTheDestinationLeavesTheObject()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        for (var i = 0; i < Names; i++)
        {
            (await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/o{i}", "content")).Dispose();
        }
        cluster.Targets[0].Gate.Refusal = "not now";
        var refused = 0;
        for (var i = 0; i < Names; i++)
        {
            using var answer = await RenameAsync(cluster, $"o{i}", $"d{i}");
            var moved = answer.StatusCode == HttpStatusCode.OK;
            refused += moved ? 0 : 1;
            Assert.True(moved || answer.StatusCode == HttpStatusCode.ServiceUnavailable);
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/{(moved ? 'd' : 'o')}{i}");
            Assert.Equal("content", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
        Assert.True(refused > 0);
    }

    [Fact]
    public async Task AnUnsettledClusterRenamesWhatLiesElsewhere()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        for (var i = 0; i < Names; i++)
        {
            (await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/o{i}", $"content {i}", ("Ais-Custom-Md", "k=v")))
                .Dispose();
        }
        await cluster.AddTargetAsync();
        for (var i = 0; i < Names; i++)
        {
            using var renamed = await RenameAsync(cluster, $"o{i}", $"d{i}");
            Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/d{i}");
            Assert.Equal($"content {i}", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
            Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
            using var old = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/o{i}");
            Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
            using var copied = await CopyAsync(cluster, $"d{i}", $"ais/@#/b/c{i}");
            Assert.Equal(HttpStatusCode.OK, copied.StatusCode);
        }
    }

    [Fact]
    public async Task ACopyGoesToAnyBucketWithItsMetadata()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        await cluster.CreateBucketAsync("c", query: "?namespace=%23ns");
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "content", ("Ais-Custom-Md", "k=v"))).Dispose();
        for (var i = 0; i < Names; i++)
        {
            using var copied = await CopyAsync(cluster, "o", $"ais/@#ns/c/dir/copy {i}");
            Assert.Equal(HttpStatusCode.OK, copied.StatusCode);
            Assert.Equal(0, copied.Content.Headers.ContentLength);
            using var get = await cluster.FollowAsync(
                HttpMethod.Get, $"/v1/objects/c/dir/copy%20{i}?namespace=%23ns");
            Assert.Equal("content", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
            Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
        }
        using var source = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/o");
        Assert.Equal("content", await source.Content.ReadAsStringAsync(StoreFixture.Cancel));
        Assert.Equal("1", source.Header("Ais-Version"));
    }

    [Theory]
    [InlineData("o", "ais/@#/none/x", 404, "ErrBckNotFound")]
    [InlineData("none", "ais/@#/b/x", 404, "ErrNotFound")]
    [InlineData("o", "x", 400, "invalid")]
    [InlineData("o", "", 400, "invalid")]
    [InlineData("o", "ais/@#/b", 400, "invalid")]
    [InlineData("o", "ais/@#/b/", 400, "invalid")]
    [InlineData("o", "ais/b/x/y", 400, "invalid")]
    [InlineData("o", "nope/@#/b/x", 400, "invalid")]
    [InlineData("o", "ais/@#/b/../x", 400, "invalid")]
    public async Task ACopyThatMakesNoSenseChangesNothing(string name, string to, int status, string text)
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "content")).Dispose();
        using var answer = await CopyAsync(cluster, name, to);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        using var get = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/o");
        Assert.Equal("content", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        using var body = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o?object_to=ais/@%23/b/x", "bytes");
        Assert.Equal(HttpStatusCode.BadRequest, body.StatusCode);
    }

    [Fact]
    public async Task AccessIsAskedForAtBothEnds()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        await cluster.CreateBucketAsync("ro", """{"access":"ro"}""");
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "content")).Dispose();
        using var copied = await CopyAsync(cluster, "o", "ais/@#/ro/x");
        Assert.Equal(HttpStatusCode.Forbidden, copied.StatusCode);
        using var renamed = await cluster.FollowAsync(
            HttpMethod.Post, "/v1/objects/ro/o", """{"action":"rename-obj","name":"x"}""");
        Assert.Equal(HttpStatusCode.Forbidden, renamed.StatusCode);
    }

    [Fact]
    public async Task LocksAndOtherActionsAreAnswered()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "content")).Dispose();
        using var free = await cluster.FollowAsync(HttpMethod.Post, "/v1/objects/b/o", """{"action":"check-lock"}""");
        Assert.Equal(HttpStatusCode.OK, free.StatusCode);
        using var blob = await cluster.FollowAsync(
            HttpMethod.Post, "/v1/objects/b", """{"action":"blob-download","name":"o","value":{}}""");
        Assert.Equal(HttpStatusCode.BadRequest, blob.StatusCode);
        Assert.Contains("ErrNotRemoteBck", await blob.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        using var unknown = await cluster.FollowAsync(HttpMethod.Post, "/v1/objects/b/o", """{"action":"nope"}""");
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var direct = await cluster.SendAsync(
            HttpMethod.Post, cluster.Targets[0], "/v1/objects/b/o", """{"action":"rename-obj","name":"x"}""");
        Assert.Equal(HttpStatusCode.BadRequest, direct.StatusCode);
        using var easy = await cluster.FollowAsync(HttpMethod.Post, "/ais/b/o", """{"action":"rename-obj","name":"x"}""");
        Assert.Equal(HttpStatusCode.OK, easy.StatusCode);
        using var patched = await cluster.FollowAsync(HttpMethod.Patch, "/ais/b/x", """{"value":{"k":"v"}}""");
        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);
        using var head = await cluster.FollowAsync(HttpMethod.Head, "/ais/b/x");
        Assert.Equal("k=v", head.Header("Ais-Custom-Md"));
        using var deleted = await cluster.FollowAsync(HttpMethod.Delete, "/ais/b/x");
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
    }

    private static Task<HttpResponseMessage> RenameAsync(TestCluster cluster, string name, string newName) =>
        cluster.FollowAsync(
            HttpMethod.Post, $"/v1/objects/b/{name}", $$"""{"action":"rename-obj","name":"{{newName}}"}""");

    private static Task<HttpResponseMessage> CopyAsync(TestCluster cluster, string name, string to) =>
        cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/{name}?object_to={Uri.EscapeDataString(to)}");
}
