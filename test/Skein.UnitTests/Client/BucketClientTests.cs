using Skein.Client;
using Skein.Client.Listing;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.UnitTests.Client;

public sealed class BucketClientTests
{
    private static readonly BucketName Bucket = BucketName.Ais("b");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Buckets_come_and_go()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var client = ObjectClientTests.Client(cluster);

        await client.Buckets.CreateAsync(Bucket, cancellation: Token);
        var conflict = await Assert.ThrowsAsync<SkeinException>(() => client.Buckets.CreateAsync(Bucket, cancellation: Token));
        var listed = await client.Buckets.ListAsync(cancellation: Token);
        var props = await client.Buckets.HeadAsync(Bucket, Token);
        await client.Buckets.DestroyAsync(Bucket, Token);

        Assert.True(conflict.IsConflict);
        Assert.Equal([Bucket], listed);
        Assert.Equal(2, props!.Value.GetProperty("mirror").GetProperty("copies").GetInt32());
        Assert.Null(await client.Buckets.HeadAsync(Bucket, Token));
    }

    [Fact]
    public async Task A_namespace_is_part_of_the_name()
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var client = ObjectClientTests.Client(cluster);

        await client.Buckets.CreateAsync(BucketName.Parse("b", "ais", "#ns"), cancellation: Token);

        Assert.EndsWith("/v1/buckets/b?provider=ais&namespace=%23ns", cluster.Requests.Single().Target);
    }

    [Fact]
    public async Task A_listing_runs_over_all_pages()
    {
        await using var cluster = await FakeCluster.StartAsync();
        for (var i = 0; i < 2500; i++)
        {
            cluster.Put("b", $"o-{i:00000}", i == 3 ? "" : "x");
        }
        using var client = ObjectClientTests.Client(cluster);

        var names = await NamesAsync(client, ListOptions.Default);

        Assert.Equal(2500, names.Count);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(3, cluster.Requests.Count);
        Assert.All(cluster.Requests, request => Assert.Equal("application/msgpack", request.Headers["Accept"]));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 3)]
    [InlineData(1000, 0, 1)]
    [InlineData(1500, 0, 2)]
    public async Task A_listing_stops_at_its_limit(int limit, int pageSize, int requests)
    {
        await using var cluster = await FakeCluster.StartAsync();
        for (var i = 0; i < 2000; i++)
        {
            cluster.Put("b", $"o-{i:00000}", "x");
        }
        using var client = ObjectClientTests.Client(cluster);

        var names = await NamesAsync(client, new ListOptions { Limit = limit, PageSize = pageSize });

        Assert.Equal(limit, names.Count);
        Assert.Equal(requests, cluster.Requests.Count);
    }

    [Fact]
    public async Task Prefix_and_start_bound_a_listing()
    {
        await using var cluster = await FakeCluster.StartAsync();
        foreach (var name in (string[])["a", "p/1", "p/2", "p/3", "q"])
        {
            cluster.Put("b", name, "x");
        }
        using var client = ObjectClientTests.Client(cluster);

        var names = await NamesAsync(client, new ListOptions { Prefix = "p/", StartAfter = "p/1" });

        Assert.Equal(["p/2", "p/3"], names);
    }

    [Fact]
    public async Task A_listing_in_json_is_read_as_well()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o", "12345");
        cluster.Intercept = (context, _) =>
        {
            context.Request.Headers.Accept = "application/json";
            return Task.FromResult(false);
        };
        using var client = ObjectClientTests.Client(cluster);

        var page = await client.Buckets.ListPageAsync(Bucket, new ListObjectsMessage(), Token);

        Assert.Equal(5, Assert.Single(page.Entries!).Size);
    }

    private static async Task<List<string>> NamesAsync(SkeinClient client, ListOptions options)
    {
        var names = new List<string>();
        await foreach (var entry in client.Buckets.ListObjectsAsync(Bucket, options, Token))
        {
            names.Add(entry.Name);
        }
        return names;
    }
}
