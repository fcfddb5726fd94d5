using System.Net;
using System.Text;
using System.Text.Json;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Proxy;

public sealed class ListingTests
{
    [Fact]
    public async Task PagesOfManyTargetsAreOneListingInOrder()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 3);
        await cluster.CreateBucketAsync("b", """{"durability":{"ack":"page-cache"}}""");
        var names = Enumerable.Range(0, 200).Select(i => $"o-{i * 7919 % 1000:000}/{i}").Append("é").Append("\U0001F600")
            .Append("\uFFEE").ToList();
        foreach (var name in names)
        {
            using var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/" + Uri.EscapeDataString(name), name);
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        }
        var expected = names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal);
        foreach (var size in new[] { 1, 7, 64, 203, 0 })
        {
            var listed = new List<string>();
            var token = "";
            do
            {
                var page = await ListAsync(cluster, $$"""{"pagesize":{{size}},"continuation_token":"{{token}}"}""");
                Assert.True(size == 0 || page.Entries!.Count <= size);
                listed.AddRange(page.Entries!.Select(entry => entry.Name));
                token = page.ContinuationToken;
            }
            while (token.Length != 0 && (size != 1 || listed.Count < 20));
            Assert.Equal(size == 1 ? expected.Take(20) : expected, listed);
        }
    }

    [Fact]
    public async Task EntriesHaveWhatWasAskedFor()
    {
        await using var cluster = await SmallAsync();
        var all = await RawAsync(
            cluster,
            """{"props":"name,size,version,checksum,atime,cached,target_url,status,copies,ec,custom,location","prefix":"dir/a"}""");
        using var head = await cluster.FollowAsync(HttpMethod.Head, "/v1/objects/b/dir/a");
        var location = head.Headers.NonValidated["Ais-Location"].ToString();
        var time = GoTimeLayout.Print(
            long.Parse(head.Headers.NonValidated["Ais-Atime"].ToString(), System.Globalization.CultureInfo.InvariantCulture),
            null);
        Assert.Contains(
            $$""" "entries":[{"name":"dir/a","checksum":"d24ec4f1a98c6e5b","atime":"{{time}}","version":"1",""".Trim()
                + $$""" "location":"{{location}}","custom-md":"k:v","size":"1","copies":1,"flags":64}],"flags":0}""".Trim(),
            all,
            StringComparison.Ordinal);
        Assert.EndsWith(
            """continuation_token":"","entries":[{"name":"dir/a","size":"1","flags":64}],"flags":0}""" + "\n",
            await RawAsync(cluster, """{"prefix":"dir/a"}"""));
        Assert.EndsWith(
            """entries":[{"name":"dir/a","flags":64}],"flags":0}""" + "\n",
            await RawAsync(cluster, """{"prefix":"dir/a","flags":"16","props":"size"}"""));
        Assert.EndsWith(
            """continuation_token":"","entries":null,"flags":0}""" + "\n",
            await RawAsync(cluster, """{"prefix":"nope"}"""));
        Assert.StartsWith("""{"uuid":"any","continuation_token":""", await RawAsync(cluster, """{"uuid":"any"}"""));
    }

    [Fact]
    public async Task WithoutRecursionFoldersAreEntries()
    {
        await using var cluster = await SmallAsync();
        Assert.EndsWith(
            """entries":[{"name":"dir","flags":256},{"name":"top","size":"1","flags":64}],"flags":0}""" + "\n",
            await RawAsync(cluster, """{"flags":"2048"}"""));
        Assert.EndsWith(
            """entries":[{"name":"dir","flags":256},{"name":"dir/a","size":"1","flags":64},{"name":"dir/b","size":"1","flags":64},{"name":"dir/sub","flags":256}],"flags":0}""" + "\n",
            await RawAsync(cluster, """{"prefix":"dir/","flags":"2048"}"""));
    }

    [Fact]
    public async Task StartAfterAndTokensNeedNotExist()
    {
        await using var cluster = await SmallAsync();
        Assert.Equal(["dir/b", "dir/sub/c", "top"], Names(await ListAsync(cluster, """{"start_after":"dir/aa"}""")));
        Assert.Equal(["top"], Names(await ListAsync(cluster, """{"start_after":"a","continuation_token":"e"}""")));
    }

    [Fact]
    public async Task MessagePackIsSentWhenAccepted()
    {
        await using var cluster = await SmallAsync();
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/buckets/b", """{"action":"list","value":{"pagesize":2}}""",
            ("Accept", "text/x, application/msgpack;q=1"));
        Assert.Equal("application/msgpack", answer.Content.Headers.ContentType!.ToString());
        var bytes = await answer.Content.ReadAsByteArrayAsync(StoreFixture.Cancel);
        Assert.DoesNotContain("wc", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        var page = ListObjectsMsgpack.Read(bytes);
        Assert.Equal(["dir/a", "dir/b"], page.Entries.Select(item => item.Entry.Name));
        Assert.Equal("dir/b", page.NextToken);
    }

    [Theory]
    [InlineData("""{"pagesize":-1}""", 400)]
    [InlineData("""{"prefix":"../x"}""", 400)]
    [InlineData("""{"target":"nobody"}""", 400)]
    [InlineData("""{"flags":"x"}""", 400)]
    [InlineData("""{"pagesize":1000000}""", 200)]
    public async Task BadMessagesAreRefused(string value, int status)
    {
        await using var cluster = await SmallAsync();
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/buckets/b", $$"""{"action":"list","value":{{value}}}""");
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task ASilentTargetMakesTheListingAnErrorThatNamesIt()
    {
        await using var cluster = await TestCluster.StartAsync(targets: 2);
        await cluster.CreateBucketAsync("b");
        await cluster.Targets[1].StopServerAsync();
        using var answer = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/buckets/b");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
        Assert.Contains("t[t1AISwire]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("t[t0AISwire]", text, StringComparison.Ordinal);
    }

    private static async Task<TestCluster> SmallAsync()
    {
        var cluster = await TestCluster.StartAsync(targets: 2);
        await cluster.CreateBucketAsync("b");
        foreach (var name in new[] { "dir/a", "dir/b", "dir/sub/c", "top" })
        {
            (await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/{name}", "a", ("Ais-Custom-Md", "k=v"))).Dispose();
        }
        return cluster;
    }

    private static string[] Names(ListObjectsResult page) => [.. page.Entries!.Select(entry => entry.Name)];

    private static async Task<string> RawAsync(TestCluster cluster, string value)
    {
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/buckets/b", $$"""{"action":"list","value":{{value}}}""");
        var text = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return text;
    }

    private static async Task<ListObjectsResult> ListAsync(TestCluster cluster, string value) =>
        JsonSerializer.Deserialize(await RawAsync(cluster, value), WireJsonContext.Default.ListObjectsResult)!;
}
