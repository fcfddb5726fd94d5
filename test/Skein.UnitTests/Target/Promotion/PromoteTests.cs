using System.Diagnostics;
using System.Net;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Promotion;

public sealed class PromoteTests
{
    [Fact]
    public async Task AFolderBecomesObjectsAndItsFilesGoWhenAsked()
    {
        using var folder = new TempFolder();
        await using var cluster = await StartAsync(folder.Path);
        Write(folder, "in/top", "top 1");
        Write(folder, "in/below/inner", "inner");
        using (var first = await PromoteAsync(cluster, folder, "in", "\"obj\":\"p/\""))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.Equal("", await first.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
        Assert.Equal("top 1", await GetAsync(cluster, "p/top"));
        Assert.Null(await GetAsync(cluster, "p/below/inner"));
        Write(folder, "in/top", "top 2");
        using (var kept = await PromoteAsync(cluster, folder, "in", "\"obj\":\"p/\",\"rcr\":true"))
        {
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        }
        Assert.Equal("top 1", await GetAsync(cluster, "p/top"));
        Assert.Equal("inner", await GetAsync(cluster, "p/below/inner"));
        using (var all = await PromoteAsync(cluster, folder, "in", "\"obj\":\"p\",\"rcr\":true,\"ovw\":true,\"dls\":true"))
        {
            Assert.Equal(HttpStatusCode.OK, all.StatusCode);
        }
        Assert.Equal("top 2", await GetAsync(cluster, "p/top"));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("", "one")]
    [InlineData("name", "name")]
    [InlineData("dir/", "dir/one")]
    public async Task OneFileBecomesOneObject(string given, string name)
    {
        using var folder = new TempFolder();
        await using var cluster = await StartAsync(folder.Path);
        Write(folder, "one", "content");
        using var answer = await PromoteAsync(cluster, folder, "one", $"\"obj\":\"{given}\"");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("content", await GetAsync(cluster, name));
        Assert.True(File.Exists($"{folder.Path}/one"));
    }

    [Fact]
    public async Task ManyFilesAreAJobOfAllTargets()
    {
        using var folder = new TempFolder();
        await using var cluster = await StartAsync(folder.Path);
        for (var i = 0; i < 40; i++)
        {
            Write(folder, $"many/{i:00}", $"content {i}");
        }
        using var answer = await PromoteAsync(cluster, folder, "many", "\"obj\":\"m/\"");
        var id = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
        Assert.NotEqual("", id);
        var waited = Stopwatch.StartNew();
        while (cluster.Targets.Any(target => target.Jobs!.Snapshots(new() { Id = id }).Any(snap => snap.EndTime.Year < 2)))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), "the job does not end");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, StoreFixture.Cancel);
        }
        var stats = cluster.Targets.Select(target => target.Jobs!.Snapshots(new() { Id = id }).Single().Stats).ToList();
        Assert.Equal(40, stats.Sum(one => one.LocalObjects + one.SentObjects));
        Assert.All(stats, one => Assert.Equal(0, one.SentObjects));
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal($"content {i}", await GetAsync(cluster, $"m/{i:00}"));
        }
    }

    [Fact]
    public async Task OneTargetSendsWhatOthersOwn()
    {
        using var folder = new TempFolder();
        await using var cluster = await StartAsync(folder.Path);
        for (var i = 0; i < 8; i++)
        {
            Write(folder, $"few/{i}", $"content {i}");
        }
        using var answer = await PromoteAsync(cluster, folder, "few", $"\"tid\":\"{cluster.Targets[1].Info.Id}\"");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal($"content {i}", await GetAsync(cluster, $"{i}"));
        }
        using var nobody = await PromoteAsync(cluster, folder, "few", "\"tid\":\"nobody\"");
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    [Fact]
    public async Task NothingOutsideOfTheRootsIsRead()
    {
        using var folder = new TempFolder();
        using var elsewhere = new TempFolder();
        await using var cluster = await StartAsync($"{folder.Path}/in");
        Write(folder, "in/fine", "fine");
        Write(folder, "secret", "secret");
        Write(elsewhere, "file", "secret");
        File.CreateSymbolicLink($"{folder.Path}/in/link", $"{folder.Path}/secret");
        File.CreateSymbolicLink($"{folder.Path}/in/inside", $"{folder.Path}/in/fine");
        Directory.CreateSymbolicLink($"{folder.Path}/in/folder", elsewhere.Path);
        foreach (var path in (string[])["secret", "in/../secret", "in/link", "in/folder", "in/folder/file", "inside"])
        {
            using var answer = await PromoteAsync(cluster, folder, path, "\"rcr\":true,\"obj\":\"x/\"");
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        using var all = await PromoteAsync(cluster, folder, "in", "\"rcr\":true,\"obj\":\"x/\"");
        Assert.Equal(HttpStatusCode.BadRequest, all.StatusCode);
        Assert.Equal("fine", await GetAsync(cluster, "x/fine"));
        Assert.Equal("fine", await GetAsync(cluster, "x/inside"));
        Assert.Null(await GetAsync(cluster, "x/link"));
        Assert.Null(await GetAsync(cluster, "x/folder/file"));
        cluster.Targets.ForEach(target => target.Target.PromoteRoots = []);
        using var off = await PromoteAsync(cluster, folder, "in/fine", "\"obj\":\"y\"");
        Assert.Equal(HttpStatusCode.Forbidden, off.StatusCode);
        Assert.Contains("promote_roots", await off.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatMakesNoSenseIsRefused()
    {
        using var folder = new TempFolder();
        await using var cluster = await StartAsync(folder.Path);
        using var missing = await PromoteAsync(cluster, folder, "none", "\"obj\":\"x\"");
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.Contains(
            "no such file or directory", await missing.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
        foreach (var body in (string[])
            [
                """{"action":"promote"}""", """{"action":"promote","name":"","value":{"src":""}}""",
                """{"action":"promote","name":"a/b","value":{"src":"a/b"}}""", """{"action":"promote","value":[1]}""",
            ])
        {
            using var answer = await cluster.FollowAsync(HttpMethod.Post, "/v1/objects/b", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        using var bucket = await cluster.FollowAsync(
            HttpMethod.Post, "/v1/objects/none", """{"action":"promote","name":"/x","value":{"src":"/x"}}""");
        Assert.Equal(HttpStatusCode.NotFound, bucket.StatusCode);
        using var stranger = await cluster.SendAsync(
            HttpMethod.Post, cluster.Targets[0].Info.ControlNet.Url, "/v1/promotions/run", "{}", ("Ais-Caller-Id", "who"));
        Assert.Equal(HttpStatusCode.BadRequest, stranger.StatusCode);
    }

    private static async Task<TestCluster> StartAsync(string root)
    {
        var cluster = await TestCluster.StartAsync(targets: 3);
        await cluster.CreateBucketAsync("b");
        cluster.Targets.ForEach(target => target.Target.PromoteRoots = [root]);
        return cluster;
    }

    private static void Write(TempFolder folder, string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{folder.Path}/{path}")!);
        File.WriteAllText($"{folder.Path}/{path}", content);
    }

    private static Task<HttpResponseMessage> PromoteAsync(TestCluster cluster, TempFolder folder, string path, string more) =>
        cluster.FollowAsync(
            HttpMethod.Post,
            "/v1/objects/b",
            $$$"""{"action":"promote","value":{"src":"{{{folder.Path}}}/{{{path}}}",{{{more}}}}}""");

    private static async Task<string?> GetAsync(TestCluster cluster, string name)
    {
        using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/b/{name}");
        return get.StatusCode == HttpStatusCode.NotFound ? null : await get.Content.ReadAsStringAsync(StoreFixture.Cancel);
    }
}
