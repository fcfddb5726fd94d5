using System.Text.Json;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Wire;

/// <summary>Create, list, look at, change and destroy buckets through every proxy.</summary>
public sealed class BucketTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task ABucketCreatedThroughOneProxyIsUsableAtOnceThroughAllOthers()
    {
        for (var round = 0; round < 5; round++)
        {
            foreach (var creator in fixture.Cluster.Proxies)
            {
                var bucket = $"at-once-{creator.Id}-{round}";
                var created = await Http.CreateAsync(creator.Url, bucket);
                Assert.Equal((200, ""), (created.Code, created.Text));
                // No waiting in between: the answer says that it is there, so it is there for everybody.
                await Task.WhenAll(fixture.Proxies.Select(async proxy =>
                {
                    var port = new Uri(proxy).Port;
                    (await Http.PutAsync(proxy, $"{bucket}/{port}", "x"u8.ToArray())).Succeeded();
                    (await Http.SendAsync(HttpMethod.Head, $"{proxy}/v1/buckets/{bucket}")).Succeeded();
                    Assert.Contains($"{port}", await Http.ListAsync(proxy, bucket));
                }));
                foreach (var proxy in fixture.Proxies)
                {
                    Assert.Equal(3, (await Http.ListAsync(proxy, bucket)).Count);
                }
            }
        }
    }

    [Fact]
    public async Task ADestroyedBucketIsGoneAtOnceForAllOthers()
    {
        foreach (var destroyer in fixture.Proxies)
        {
            var bucket = await fixture.NewBucketAsync();
            (await Http.PutAsync(destroyer, $"{bucket}/o", "x"u8.ToArray())).Succeeded();
            var destroyed = await Http.DestroyAsync(destroyer, bucket);
            Assert.Equal((200, ""), (destroyed.Code, destroyed.Text));
            foreach (var proxy in fixture.Cluster.Proxies)
            {
                Expect.Error(
                    await Http.GetAsync(proxy.Url, $"{bucket}/o"), 404, "ErrBckNotFound",
                    $"bucket \"ais://{bucket}\" does not exist", "GET", $"/v1/objects/{bucket}/o", $"p[{proxy.Id}]");
                Expect.Refused(await Http.ListPageAsync(proxy.Url, bucket), 404, $"bucket \"ais://{bucket}\" does not exist");
            }
            // Nor does its content come back with a new bucket of that name.
            (await Http.CreateAsync(fixture.Proxies[2], bucket)).Succeeded();
            Assert.Empty(await Http.ListAsync(destroyer, bucket));
            Assert.Equal(404, (await Http.GetAsync(destroyer, $"{bucket}/o")).Code);
        }
    }

    [Fact]
    public async Task TwoNamesThatDifferInNamespaceAreTwoBuckets()
    {
        string[] queries = ["", "?namespace=%23ns1", "?namespace=%23ns2"];
        foreach (var query in queries)
        {
            (await Http.CreateAsync(fixture.Proxies[1], "twin" + query)).Succeeded();
            Assert.Equal(409, (await Http.CreateAsync(fixture.Proxies[2], "twin" + query)).Code);
        }
        foreach (var (query, i) in queries.Select((query, i) => (query, i)))
        {
            for (var number = 0; number < 20; number++)
            {
                var content = new byte[] { (byte)i, (byte)number };
                (await Http.PutAsync(fixture.Proxies[i], $"twin/o{number}{query}", content)).Succeeded();
            }
        }
        (await Http.DeleteAsync(fixture.Proxy, "twin/o19?namespace=%23ns1")).Succeeded();
        foreach (var proxy in fixture.Proxies)
        {
            foreach (var (query, i) in queries.Select((query, i) => (query, i)))
            {
                Assert.Equal(i == 1 ? 19 : 20, (await Http.ListAsync(proxy, "twin" + query)).Count);
                Assert.Equal([(byte)i, 7], (await Http.GetAsync(proxy, "twin/o7" + query)).Succeeded().Body);
            }
        }
        Assert.Equal(
            """[{"name":"twin","provider":"ais","namespace":{"uuid":"","name":"ns1"}}]""" + "\n",
            (await ListBucketsAsync(fixture.Proxy, "?namespace=%23ns1")).Text);

        (await Http.DestroyAsync(fixture.Proxies[2], "twin?namespace=%23ns1")).Succeeded();
        var gone = await Http.GetAsync(fixture.Proxies[1], "twin/o7?namespace=%23ns1");
        Expect.Refused(gone, 404, "bucket \"ais://#ns1/twin\" does not exist");
        Assert.Equal([2, 7], (await Http.GetAsync(fixture.Proxies[1], "twin/o7?namespace=%23ns2")).Body);
        Assert.Equal([0, 7], (await Http.GetAsync(fixture.Proxies[1], "twin/o7")).Body);
    }

    [Fact]
    public async Task BucketsAreListedInOrderByEveryProxy()
    {
        foreach (var name in new[] { "order-c", "order-a", "order-B", "order-b.x", "order-_" })
        {
            (await Http.CreateAsync(fixture.Proxy, name)).Succeeded();
        }
        var answers = new List<string>();
        foreach (var proxy in fixture.Proxies)
        {
            var reply = (await ListBucketsAsync(proxy)).Succeeded();
            Assert.Equal("application/json; charset=utf-8", reply.Header("Content-Type"));
            answers.Add(reply.Text);
            var names = reply.Json.EnumerateArray()
                .Where(bucket => bucket.GetProperty("namespace").GetProperty("name").GetString() == "")
                .Select(bucket => bucket.GetProperty("name").GetString()!)
                .ToList();
            Assert.Equal(names.Order(StringComparer.Ordinal), names);
            Assert.Equal(5, names.Count(name => name.StartsWith("order-", StringComparison.Ordinal)));
        }
        Assert.Single(answers.Distinct());
        Assert.StartsWith("[{\"name\":\"", answers[0], StringComparison.Ordinal);
        Assert.Contains(
            """{"name":"order-a","provider":"ais","namespace":{"uuid":"","name":""}}""", answers[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadShowsThePropertiesAndSetPropsChangesThem()
    {
        var bucket = await fixture.NewBucketAsync("""{"checksum":{"type":"md5"}}""");
        var before = await PropsAsync(fixture.Proxies[1], bucket);
        Assert.Equal(
            [
                "backend_bck", "extra", "write_policy", "provider", "Renamed", "checksum", "ec", "lru", "mirror",
                "access", "features", "bid", "created", "versioning",
            ],
            before.EnumerateObject().Select(property => property.Name).Where(name => name != "durability"));
        Assert.Equal("md5", before.GetProperty("checksum").GetProperty("type").GetString());
        Assert.Equal("18446744073709551615", before.GetProperty("access").GetString());
        Assert.StartsWith("92233720368547758", before.GetProperty("bid").GetString(), StringComparison.Ordinal);

        foreach (var (proxy, i) in fixture.Proxies.Select((proxy, i) => (proxy, i)))
        {
            var enabled = i % 2 == 0 ? "false" : "true";
            (await Http.ActAsync(
                HttpMethod.Patch, $"{proxy}/v1/buckets/{bucket}", "set-bprops",
                $$$"""{"versioning":{"enabled":{{{enabled}}}}}""")).Succeeded();
            foreach (var other in fixture.Proxies)
            {
                var props = await PropsAsync(other, bucket);
                Assert.Equal(i % 2 != 0, props.GetProperty("versioning").GetProperty("enabled").GetBoolean());
                Assert.Equal(before.GetProperty("created").GetString(), props.GetProperty("created").GetString());
                Assert.Equal(before.GetProperty("bid").GetString(), props.GetProperty("bid").GetString());
            }
        }
        (await Http.ActAsync(HttpMethod.Patch, $"{fixture.Proxy}/v1/buckets/{bucket}", "reset-bprops")).Succeeded();
        var reset = await PropsAsync(fixture.Proxies[2], bucket);
        Assert.Equal("xxhash", reset.GetProperty("checksum").GetProperty("type").GetString());
        Assert.True(reset.GetProperty("versioning").GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task ManyChangesAtOnceThroughAllProxiesAllCount()
    {
        var names = Enumerable.Range(0, 30).Select(i => $"crowd-{i:00}").ToList();
        await Task.WhenAll(names.Select(async (name, i) =>
            (await Http.CreateAsync(fixture.Proxies[i % 3], name)).Succeeded()));
        foreach (var proxy in fixture.Proxies)
        {
            var listed = (await ListBucketsAsync(proxy)).Succeeded().Json.EnumerateArray()
                .Select(bucket => bucket.GetProperty("name").GetString()!);
            Assert.Equal(names, listed.Where(name => name.StartsWith("crowd-", StringComparison.Ordinal)));
        }
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 9).Select(async i =>
            (await Http.CreateAsync(fixture.Proxies[i % 3], "contended")).Code));
        Assert.Equal([200, 409, 409, 409, 409, 409, 409, 409, 409], outcomes.Order());
    }

    private async Task<JsonElement> PropsAsync(string proxy, string bucket)
    {
        var head = (await Http.SendAsync(HttpMethod.Head, $"{proxy}/v1/buckets/{bucket}")).Succeeded();
        return JsonDocument.Parse(head.Header("Ais-Bucket-Props")!).RootElement;
    }

    private Task<TestReply> ListBucketsAsync(string proxy, string query = "") =>
        Http.ActAsync(HttpMethod.Get, $"{proxy}/v1/buckets{query}", "list");
}
