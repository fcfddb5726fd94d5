using System.Text;
using System.Text.Json;
using Skein.Client;
using Skein.Client.Listing;
using Skein.Core.Buckets;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Wire;

/// <summary>Listing of objects as the protocol has it: JSON and msgpack, pages, prefixes, properties, flags.</summary>
public sealed class ListingTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly string[] Names =
    [
        "dir/a", "dir/b", "dir/sub/c", "o-00", "o-01", "o-02", "o-03", "o-04", "o-05", "o-06", "z/\u00e9", "z/\uffee",
        "z/\U0001F642",
    ];

    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task PagesAreJsonAsTheProtocolHasIt()
    {
        var bucket = await FilledAsync();
        foreach (var proxy in fixture.Proxies)
        {
            var first = (await Http.ListPageAsync(proxy, bucket, """{"props":"name,size","pagesize":5}""")).Succeeded();
            Assert.Equal("application/json; charset=utf-8", first.Header("Content-Type"));
            var uuid = first.Json.GetProperty("uuid").GetString();
            Assert.Matches("^[A-Za-z][A-Za-z0-9_-]{8,}$", uuid);
            Assert.Equal(
                $$"""
                {"uuid":"{{uuid}}","continuation_token":"o-01","entries":[{"name":"dir/a","size":"1","flags":64},{"name":"dir/b","size":"2","flags":64},{"name":"dir/sub/c","size":"3","flags":64},{"name":"o-00","size":"4","flags":64},{"name":"o-01","size":"5","flags":64}],"flags":0}

                """,
                first.Text);
            var second = (await Http.ListPageAsync(
                proxy, bucket,
                $$"""{"props":"name,size","pagesize":5,"uuid":"{{uuid}}","continuation_token":"o-01"}""")).Succeeded();
            Assert.Equal(
                $$"""
                {"uuid":"{{uuid}}","continuation_token":"o-06","entries":[{"name":"o-02","size":"6","flags":64},{"name":"o-03","size":"7","flags":64},{"name":"o-04","size":"8","flags":64},{"name":"o-05","size":"9","flags":64},{"name":"o-06","size":"10","flags":64}],"flags":0}

                """,
                second.Text);
        }
    }

    [Fact]
    public async Task AnEmptyListingHasNullEntries()
    {
        var bucket = await FilledAsync();
        var reply = (await Http.ListPageAsync(fixture.Proxies[1], bucket, """{"prefix":"nope"}""")).Succeeded();
        var uuid = reply.Json.GetProperty("uuid").GetString();
        Assert.Equal($$"""{"uuid":"{{uuid}}","continuation_token":"","entries":null,"flags":0}""" + "\n", reply.Text);
    }

    [Fact]
    public async Task EveryPageSizeGivesTheSameNamesInOrder()
    {
        var bucket = await FilledAsync();
        foreach (var proxy in fixture.Proxies)
        {
            foreach (var size in new[] { 0, 1, 2, 3, 4, 7, 12, 13, 14, 10_000, 2_000_000_000 })
            {
                Assert.Equal(Names, await Http.ListAsync(proxy, bucket, size));
            }
            Assert.Equal(Names[3..10], await Http.ListAsync(proxy, bucket, 3, "o-"));
            Assert.Equal(Names[2..3], await Http.ListAsync(proxy, bucket, 3, "dir/s"));
        }
    }

    [Fact]
    public async Task MsgpackSaysTheSameAsJson()
    {
        var bucket = await FilledAsync();
        foreach (var proxy in fixture.Proxies)
        {
            var raw = (await Http.ActAsync(
                HttpMethod.Get, $"{proxy}/v1/buckets/{bucket}", "list", """{"pagesize":2}""",
                ("Accept", "application/msgpack"))).Succeeded();
            Assert.Equal("application/msgpack", raw.Header("Content-Type"));
            Assert.Equal([0x84, 0xa4, .. "UUID"u8], raw.Body[..6]);
            var text = Encoding.Latin1.GetString(raw.Body);
            var positions = new[] { "UUID", "ContinuationToken", "Entries", "Flags" }
                .Select(key => text.IndexOf(key, StringComparison.Ordinal))
                .ToList();
            Assert.DoesNotContain(-1, positions);
            Assert.Equal(positions.Order(), positions);

            using var client = new SkeinClient(proxy);
            var listed = new List<string>();
            var options = new ListOptions { PageSize = 4, Properties = ["name", "size", "checksum", "version"] };
            await foreach (var entry in client.Buckets.ListObjectsAsync(
                BucketName.Ais(bucket), options, TestContext.Current.CancellationToken))
            {
                Assert.Equal(Array.IndexOf(Names, entry.Name) + 1, entry.Size);
                Assert.Equal("1", entry.Version);
                Assert.Matches("^[0-9a-f]{16}$", entry.Checksum);
                listed.Add(entry.Name);
            }
            Assert.Equal(Names, listed);
        }
    }

    [Fact]
    public async Task TheAcceptedFormHasToBeSpelledRight()
    {
        var bucket = await FilledAsync();
        foreach (var (accept, type) in new[]
        {
            ("text/html, application/msgpack;q=0.5", "application/msgpack"),
            ("Application/Msgpack", "application/json; charset=utf-8"),
            ("*/*", "application/json; charset=utf-8"),
        })
        {
            var reply = await Http.ActAsync(
                HttpMethod.Get, $"{fixture.Proxy}/v1/buckets/{bucket}", "list", "{}", ("Accept", accept));
            Assert.Equal(type, reply.Succeeded().Header("Content-Type"));
        }
    }

    [Fact]
    public async Task PropertiesAreShownWhenAskedForAndOnlyThen()
    {
        var bucket = await FilledAsync();
        var all = await FirstAsync(bucket, "name,size,version,checksum,atime,cached,copies,location,custom");
        Assert.Equal(
            ["name", "checksum", "atime", "version", "location", "size", "copies", "flags"],
            all.EnumerateObject().Select(property => property.Name));
        Assert.Matches(@"^t\[t\d-in-test\]:mp\[/", all.GetProperty("location").GetString());
        Assert.Matches(@"^\d\d [A-Z][a-z]{2} \d\d \d\d:\d\d UTC$", all.GetProperty("atime").GetString());
        var names = await FirstAsync(bucket, "name");
        Assert.Equal(["name", "flags"], names.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task WithoutRecursionFoldersAreShown()
    {
        var bucket = await FilledAsync();
        foreach (var proxy in fixture.Proxies)
        {
            Assert.Equal(
                ["dir 256", .. Names[3..10].Select(name => name + " 64"), "z 256"], await FlatAsync(proxy, bucket, ""));
            Assert.Equal(
                ["dir 256", "dir/a 64", "dir/b 64", "dir/sub 256"], await FlatAsync(proxy, bucket, "dir/"));
        }
    }

    [Fact]
    public async Task AListingWithoutABodyListsObjects()
    {
        var bucket = await FilledAsync();
        var reply = (await Http.SendAsync(HttpMethod.Get, $"{fixture.Proxies[1]}/v1/buckets/{bucket}")).Succeeded();
        Assert.Equal(Names.Length, reply.Json.GetProperty("entries").GetArrayLength());
        var easy = (await Http.SendAsync(HttpMethod.Get, $"{fixture.Proxies[2]}/ais/{bucket}")).Succeeded();
        Assert.Equal(Names.Length, easy.Json.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public async Task StartAfterSkipsTheNamesUpToIt()
    {
        var bucket = await FilledAsync();
        var page = (await Http.ListPageAsync(fixture.Proxy, bucket, """{"start_after":"o-04x"}""")).Succeeded().Json;
        Assert.Equal(
            Names[8..],
            page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
    }

    private async Task<string> FilledAsync()
    {
        var bucket = await fixture.NewBucketAsync();
        foreach (var (name, i) in Names.Select((name, i) => (name, i)))
        {
            var escaped = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
            (await Http.PutAsync(fixture.Proxies[i % 3], $"{bucket}/{escaped}", new byte[i + 1])).Succeeded();
        }
        return bucket;
    }

    private async Task<JsonElement> FirstAsync(string bucket, string props)
    {
        var page = await Http.ListPageAsync(fixture.Proxies[2], bucket, $$"""{"props":"{{props}}","pagesize":1}""");
        return page.Succeeded().Json.GetProperty("entries")[0];
    }

    /// <summary>Names and flags of a listing without recursion, in pages of 2.</summary>
    private async Task<List<string>> FlatAsync(string proxy, string bucket, string prefix)
    {
        var found = new List<string>();
        for (var token = ""; ;)
        {
            var page = (await Http.ListPageAsync(
                proxy, bucket,
                $$"""{"flags":"2048","pagesize":2,"prefix":"{{prefix}}","continuation_token":"{{token}}"}"""))
                .Succeeded().Json;
            found.AddRange(page.GetProperty("entries").EnumerateArray().Select(entry =>
                $"{entry.GetProperty("name").GetString()} {entry.GetProperty("flags").GetInt32()}"));
            token = page.GetProperty("continuation_token").GetString()!;
            if (token.Length == 0)
            {
                return found;
            }
        }
    }
}
