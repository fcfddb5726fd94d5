using System.Text;
using System.Text.Json;
using Skein.Core.Archives;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Archives;

public sealed class ArchiveJobTests
{
    [Fact]
    public async Task ObjectsBecomeAnArchiveInTheOrderOfTheListOrOfTheirNames()
    {
        await using var cluster = await StartAsync(3);
        await RunAsync(cluster, """{"archname":"l.tar","objnames":["o3","dir/o1","o2"],"tobck":{"name":"dst"}}""");
        await RunAsync(cluster, """{"archname":"t.zip","template":"o{2..3}","tobck":{"name":"dst","provider":"ais"}}""");
        await RunAsync(cluster, """{"archname":"p.tgz","template":"dir/","isbn":true,"tobck":{"name":"dst"}}""");
        await RunAsync(cluster, """{"archname":"m","mime":"tar.lz4","objnames":["dir/o1"],"bnonly":true,"tobck":{"name":"dst"}}""");
        Assert.Equal(
            [("o3", "three"), ("dir/o1", "one"), ("o2", "two")], await WaitAsync(cluster, "dst/l.tar", ArchiveFormat.Tar));
        Assert.Equal([("o2", "two"), ("o3", "three")], await WaitAsync(cluster, "dst/t.zip", ArchiveFormat.Zip));
        Assert.Equal([("b/dir/o1", "one"), ("b/dir/o4", "four")], await WaitAsync(cluster, "dst/p.tgz", ArchiveFormat.Tgz));
        Assert.Equal([("o1", "one")], await WaitAsync(cluster, "dst/m", ArchiveFormat.TarLz4));
    }

    [Fact]
    public async Task AnArchiveIsReplacedOrAddedTo()
    {
        await using var cluster = await StartAsync(2);
        var path = "/v1/objects/b/a.tar";
        await TestArchives.PutAsync(cluster, path, await TestArchives.MakeAsync(ArchiveFormat.Tar, [("old", "0")]));
        await RunAsync(cluster, """{"archname":"a.tar","aate":true,"objnames":["o2"],"tobck":{"name":"b"}}""");
        await UntilAsync(async () =>
            (await TestArchives.GetAsync(cluster, path, ArchiveFormat.Tar)).Count == 2, "the archive to be added to");
        Assert.Equal([("old", "0"), ("o2", "two")], await TestArchives.GetAsync(cluster, path, ArchiveFormat.Tar));
        await RunAsync(cluster, """{"archname":"a.tar","objnames":["o3"],"tobck":{"name":"b"}}""");
        await UntilAsync(async () =>
            (await TestArchives.GetAsync(cluster, path, ArchiveFormat.Tar)).Count == 1, "the archive to be replaced");
        Assert.Equal([("o3", "three")], await TestArchives.GetAsync(cluster, path, ArchiveFormat.Tar));
    }

    [Fact]
    public async Task WhatIsMissingFailsTheJobUnlessItGoesOn()
    {
        await using var cluster = await StartAsync(2);
        var failed = await RunAsync(cluster, """{"archname":"f.tar","objnames":["o2","none"],"tobck":{"name":"dst"}}""");
        await UntilAsync(
            async () => (await StatusAsync(cluster, failed)).GetProperty("end_time").GetInt64() != 0, "the job to fail");
        Assert.Contains(
            "ais://b/none does not exist", (await StatusAsync(cluster, failed)).GetProperty("err").GetString(),
            StringComparison.Ordinal);
        using var nothing = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/dst/f.tar");
        Assert.Equal(404, (int)nothing.StatusCode);
        await RunAsync(
            cluster, """{"archname":"c.tar","coer":true,"objnames":["o2","none","o3"],"tobck":{"name":"dst"}}""");
        Assert.Equal([("o2", "two"), ("o3", "three")], await WaitAsync(cluster, "dst/c.tar", ArchiveFormat.Tar));
    }

    [Theory]
    [InlineData("""{"archname":"a.tar","objnames":["o2"]}""", 400, "bucket name is missing")]
    [InlineData("""{"archname":"a.tar","objnames":["o2"],"tobck":{"name":"none"}}""", 404, "ErrBckNotFound")]
    [InlineData("""{"archname":"a","objnames":["o2"],"tobck":{"name":"dst"}}""", 400, "ErrUnknownMime")]
    [InlineData("""{"archname":"a.tar","mime":"zip","objnames":["o2"],"tobck":{"name":"dst"}}""", 400, "mime mismatch")]
    [InlineData("""{"archname":"../a.tar","objnames":["o2"],"tobck":{"name":"dst"}}""", 400, "ErrInvalidObjName")]
    [InlineData("""{"archname":"a.tar","template":"o{9..1}","tobck":{"name":"dst"}}""", 400, "o{9..1}")]
    [InlineData("""{"archname":7,"tobck":{"name":"dst"}}""", 400, "failed to unmarshal")]
    public async Task WhatMakesNoSenseIsRefused(string value, int status, string text)
    {
        await using var cluster = await StartAsync(1);
        using var answer = await cluster.SendAsync(
            HttpMethod.Put, cluster.Proxy, "/v1/buckets/b", $$"""{"action":"archive","value":{{value}}}""");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), StringComparison.Ordinal);
    }

    private static Task UntilAsync(Func<Task<bool>> isSo, string what) =>
        Poll.UntilAsync(async () => await isSo() ? null : $"waiting for {what}");

    private static async Task<List<(string Name, string Text)>> WaitAsync(
        TestCluster cluster, string name, ArchiveFormat format)
    {
        await UntilAsync(
            async () =>
            {
                using var head = await cluster.FollowAsync(HttpMethod.Head, $"/v1/objects/{name}");
                return head.IsSuccessStatusCode;
            },
            $"{name} to be written");
        return await TestArchives.GetAsync(cluster, $"/v1/objects/{name}", format);
    }

    private static async Task<string> RunAsync(TestCluster cluster, string value)
    {
        using var answer = await cluster.SendAsync(
            HttpMethod.Put, cluster.Proxy, "/v1/buckets/b", $$"""{"action":"archive","value":{{value}}}""");
        var id = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
        Assert.True(answer.IsSuccessStatusCode, id);
        return id;
    }

    private static async Task<JsonElement> StatusAsync(TestCluster cluster, string id)
    {
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/cluster?what=status", $$"""{"id":"{{id}}"}""");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(StoreFixture.Cancel));
        return json.RootElement.Clone();
    }

    private static async Task<TestCluster> StartAsync(int targets)
    {
        var cluster = await TestCluster.StartAsync(targets: targets);
        await cluster.CreateBucketAsync("b");
        await cluster.CreateBucketAsync("dst");
        foreach (var (name, text) in new[] { ("dir/o1", "one"), ("o2", "two"), ("o3", "three"), ("dir/o4", "four") })
        {
            await TestArchives.PutAsync(cluster, $"/v1/objects/b/{name}", Encoding.UTF8.GetBytes(text));
        }
        return cluster;
    }
}
