using System.Net;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Storage.Uploads;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Actions;

public sealed class AppendTests
{
    private const string Name = "/v1/objects/b/app";

    [Fact]
    public async Task AppendedBytesAreTheObjectAfterTheFlush()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        var first = await AppendAsync(cluster, "", "one,");
        var second = await AppendAsync(cluster, first, "two");
        using (var before = await cluster.FollowAsync(HttpMethod.Head, Name))
        {
            Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        }
        using var flushed = await FlushAsync(cluster, second, ("Ais-Custom-Md", "k=v"));
        Assert.Equal(HttpStatusCode.OK, flushed.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal("one,two", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        Assert.Equal("1", get.Header("Ais-Version"));
        Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
        Assert.Equal(3, Appends(cluster));
        using var again = await FlushAsync(cluster, second);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var head = await cluster.FollowAsync(HttpMethod.Head, Name);
        Assert.Equal("1", head.Header("Ais-Version"));
        using var late = await cluster.FollowAsync(HttpMethod.Put, Query("append", second), "x");
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
    }

    [Fact]
    public async Task AnObjectThatIsThereComesFirst()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        (await cluster.FollowAsync(HttpMethod.Put, Name, "old,", ("Ais-Custom-Md", "k=v"))).Dispose();
        (await FlushAsync(cluster, await AppendAsync(cluster, "", "new"))).Dispose();
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal("old,new", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        Assert.Equal("2", get.Header("Ais-Version"));
        Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
    }

    [Fact]
    public async Task AnOlderHandleReplacesWhatWasAppendedSince()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        var first = await AppendAsync(cluster, "", "one,");
        var second = await AppendAsync(cluster, first, "two");
        var instead = await AppendAsync(cluster, first, "three");
        using var stale = await FlushAsync(cluster, second);
        Assert.Equal(HttpStatusCode.BadRequest, stale.StatusCode);
        using var flushed = await FlushAsync(cluster, instead);
        Assert.Equal(HttpStatusCode.OK, flushed.StatusCode);
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal("one,three", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task EmptyAppendsAndAnEmptyObjectAreFine()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        var handle = await AppendAsync(cluster, await AppendAsync(cluster, "", ""), "");
        using var empty = await FlushAsync(cluster, handle);
        Assert.Equal(HttpStatusCode.OK, empty.StatusCode);
        using var head = await cluster.FollowAsync(HttpMethod.Head, Name);
        Assert.Equal(0, head.Content.Headers.ContentLength);
        handle = await AppendAsync(cluster, await AppendAsync(cluster, await AppendAsync(cluster, "", "a"), ""), "b");
        (await FlushAsync(cluster, handle)).Dispose();
        using var get = await cluster.FollowAsync(HttpMethod.Get, Name);
        Assert.Equal("ab", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task TheChecksumIsComparedAtTheFlush()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        var handle = await AppendAsync(cluster, await AppendAsync(cluster, "", "con"), "tent");
        using var wrong = await FlushAsync(
            cluster, handle, ("Ais-Checksum-Type", "md5"), ("Ais-Checksum-Value", "00000000000000000000000000000000"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("ErrBadCksum", await wrong.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        using (var head = await cluster.FollowAsync(HttpMethod.Head, Name))
        {
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }
        using var right = await FlushAsync(
            cluster, handle, ("Ais-Checksum-Type", "md5"), ("Ais-Checksum-Value", "9a0364b9e99bb480dd25e1f0284c8555"));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Theory]
    [InlineData("append", "zzz", 400, "invalid APPEND handle")]
    [InlineData("append", "t9|0123456789abcdef01234567|0|1", 400, "errNodeNotFound")]
    [InlineData("append", "t0AISwire|../../../../../../x|0|1", 400, "invalid APPEND handle")]
    [InlineData("append", "t0AISwire|0123456789abcdef01234567|0|1", 404, "there is no append")]
    [InlineData("append", "t0AISwire|0123456789abcdef01234567|-1|1", 400, "invalid APPEND handle")]
    [InlineData("flush", "", 400, "is empty")]
    [InlineData("flush", "t0AISwire|0123456789abcdef01234567|0|1", 404, "there is no append")]
    [InlineData("bogus", "", 400, "expecting either")]
    [InlineData("", "", 400, "expecting either")]
    public async Task WhatMakesNoSenseIsRefused(string type, string handle, int status, string text)
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        using var answer = await cluster.FollowAsync(HttpMethod.Put, Query(type, handle), "x");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        using var head = await cluster.FollowAsync(HttpMethod.Head, Name);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
    }

    [Fact]
    public async Task AHandleIsOfOneObject()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 3);
        var handle = await AppendAsync(cluster, "", "one");
        using var other = await cluster.FollowAsync(
            HttpMethod.Put, Query("flush", handle).Replace("/app?", "/other?", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task TheTargetThatBeganGoesOnWhoeverOwnsTheNameThen()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var handles = new List<(string Name, string Handle)>();
        for (var i = 0; i < 8; i++)
        {
            handles.Add(($"o{i}", await AppendAsync(cluster, "", "one,", $"o{i}")));
        }
        await cluster.AddTargetAsync();
        foreach (var (name, handle) in handles)
        {
            var next = await AppendAsync(cluster, handle, "two", name);
            Assert.StartsWith("t0AISwire|", next, StringComparison.Ordinal);
            using var flushed = await cluster.FollowAsync(HttpMethod.Put, Query("flush", next, name));
            Assert.Equal(HttpStatusCode.OK, flushed.StatusCode);
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/{name}");
            Assert.Equal("one,two", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
    }

    [Fact]
    public async Task ACleanupTakesOnlyWhatIsAbandoned()
    {
        await using var cluster = await TestCluster.WithBucketAsync(targets: 1);
        var disks = cluster.Targets[0].Disks;
        var old = AppendHandle.Parse(await AppendAsync(cluster, "", "old", "old"));
        var young = AppendHandle.Parse(await AppendAsync(cluster, "", "young"));
        var folder = Assert.Single(Folders(disks), path => path.EndsWith(old.Upload, StringComparison.Ordinal));
        var longAgo = TimeProvider.System.GetUtcNow() - UploadCleanup.LongestIdle - TimeSpan.FromMinutes(1);
        Directory.SetLastWriteTimeUtc(folder, longAgo.UtcDateTime);
        await disks.Store.Cleanup.RunAsync(
            bucket => cluster.Proxy.Metadata.Current.Document.Buckets.Find(bucket)?.BucketId, new MoveLog(), StoreFixture.Cancel);
        Assert.EndsWith(young.Upload, Assert.Single(Folders(disks)), StringComparison.Ordinal);
        using var gone = await cluster.FollowAsync(HttpMethod.Put, Query("flush", old.ToString(), "old"));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var flushed = await FlushAsync(cluster, young.ToString());
        Assert.Equal(HttpStatusCode.OK, flushed.StatusCode);
    }

    private static long Appends(TestCluster cluster) =>
        cluster.Targets.Sum(target => target.Counters.Read(NodeCounter.Append));

    private static IEnumerable<string> Folders(StoreFixture disks) => disks.Store.Mountpaths.All
        .Select(mountpath => $"{mountpath.Path}/@ais/b/{UploadStore.FolderName}")
        .Where(Directory.Exists)
        .SelectMany(Directory.EnumerateDirectories);

    private static async Task<string> AppendAsync(TestCluster cluster, string handle, string bytes, string name = "app")
    {
        using var answer = await cluster.FollowAsync(HttpMethod.Put, Query("append", handle, name), bytes);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Header("Ais-Append-Handle");
    }

    private static Task<HttpResponseMessage> FlushAsync(
        TestCluster cluster, string handle, params (string, string)[] headers) =>
        cluster.FollowAsync(HttpMethod.Put, Query("flush", handle), null, headers);

    private static string Query(string type, string handle, string name = "app") =>
        $"/v1/objects/b/{name}?append_type={type}&append_handle={Uri.EscapeDataString(handle)}";
}
