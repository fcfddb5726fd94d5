using System.Text.Json;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

public sealed class BucketAndListTests
{
    [Theory]
    [InlineData("ls-objects", "ls", "ais://pics")]
    [InlineData("ls-objects-props", "ls", "pics", "--props", "status,checksum,size")]
    [InlineData("ls-objects-bad-prop", "ls", "pics", "--props", "colour")]
    [InlineData("ls-objects-no-headers", "ls", "ais://pics", "-H", "--limit", "2")]
    [InlineData("ls-objects-prefix", "ls", "ais://pics/2026/", "--name-only")]
    [InlineData("ls-objects-start-after", "ls", "ais://pics", "--prefix", "2026/", "--start-after", "2026/a.jpg")]
    [InlineData("ls-objects-count", "ls", "ais://pics", "--count-only")]
    [InlineData("ls-objects-two-prefixes", "ls", "ais://pics/2026", "--prefix", "x")]
    [InlineData("ls-no-bucket", "ls", "ais://nosuch")]
    [InlineData("ls-bad-bucket", "ls", "ais://bad name")]
    [InlineData("ls-buckets", "ls")]
    [InlineData("ls-buckets-provider", "bucket", "ls", "ais://")]
    [InlineData("ls-buckets-names", "ls", "--name-only")]
    [InlineData("create", "create", "ais://a", "b")]
    [InlineData("create-exists", "bucket", "create", "ais://pics")]
    [InlineData("create-ignore", "create", "ais://pics", "ais://c", "--ignore-error")]
    [InlineData("create-object", "create", "ais://pics/o")]
    [InlineData("rmb", "rmb", "ais://pics", "-y")]
    [InlineData("rmb-nobody-to-ask", "bucket", "rm", "ais://pics")]
    [InlineData("rmb-missing", "rmb", "ais://nosuch", "--yes")]
    public async Task Looks_as_agreed(string golden, params string[] arguments)
    {
        await using var cluster = await FakeCluster.StartAsync();
        Fill(cluster);
        using var cli = new CliRunner(cluster);

        var result = await cli.RunAsync(arguments);

        Golden.Check("Cli/Golden/" + golden, result.ToString(), typeof(BucketAndListTests).Assembly);
    }

    [Fact]
    public async Task A_bucket_is_destroyed_only_after_yes()
    {
        await using var cluster = await FakeCluster.StartAsync();
        Fill(cluster);
        using var cli = new CliRunner(cluster) { Answer = false };

        var refused = await cli.RunAsync("rmb", "pics");
        var kept = cluster.Buckets.ContainsKey("pics");
        cli.Answer = true;
        var done = await cli.RunAsync("rmb", "pics");

        Assert.Equal(1, refused.Code);
        Assert.True(kept);
        Assert.Equal(0, done.Code);
        Assert.False(cluster.Buckets.ContainsKey("pics"));
    }

    [Fact]
    public async Task Properties_become_nested_json()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var body = "";
        cluster.Intercept = async (context, _) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            body = await reader.ReadToEndAsync();
            return true;
        };
        using var cli = new CliRunner(cluster);

        await cli.RunAsync("create", "b", "--props=mirror.enabled=true mirror.copies=2", "--props", "checksum.type=md5");

        Assert.Equal(
            "{\"action\":\"create-bck\",\"name\":\"\",\"value\":"
                + "{\"mirror\":{\"enabled\":true,\"copies\":2},\"checksum\":{\"type\":\"md5\"}}}",
            body);
    }

    [Fact]
    public async Task Json_is_one_document()
    {
        await using var cluster = await FakeCluster.StartAsync();
        Fill(cluster);
        using var cli = new CliRunner(cluster);

        var objects = JsonDocument.Parse((await cli.RunAsync("ls", "pics", "--json")).Output).RootElement;
        var empty = JsonDocument.Parse((await cli.RunAsync("ls", "pics/zzz", "--json")).Output).RootElement;
        var buckets = JsonDocument.Parse((await cli.RunAsync("ls", "--json")).Output).RootElement;
        var count = JsonDocument.Parse((await cli.RunAsync("ls", "pics", "--count-only", "-j")).Output).RootElement;
        var created = JsonDocument.Parse((await cli.RunAsync("create", "x", "--json")).Output).RootElement;

        Assert.Equal(4, objects.GetArrayLength());
        Assert.Equal("2026/a.jpg", objects[0].GetProperty("name").GetString());
        Assert.Equal(6, objects[0].GetProperty("size").GetInt64());
        Assert.Equal(0, empty.GetArrayLength());
        Assert.Equal("empty", buckets[0].GetProperty("name").GetString());
        Assert.Equal(4, count.GetProperty("count").GetInt64());
        Assert.Equal("ais://x", created.GetProperty("names")[0].GetString());
    }

    [Fact]
    public async Task Long_listings_are_complete_and_control_characters_harmless()
    {
        await using var cluster = await FakeCluster.StartAsync();
        for (var i = 0; i < 6000; i++)
        {
            cluster.Put("many", $"o{i:0000}" + (i == 5999 ? "-a-name-that-is-longer\u001b[31m" : ""), "x");
        }
        using var cli = new CliRunner(cluster);

        var lines = (await cli.RunAsync("ls", "many")).Output.TrimEnd('\n').Split('\n');

        Assert.Equal(6001, lines.Length);
        Assert.Equal("o4999  1B", lines[5000]);
        Assert.Equal("o5999-a-name-that-is-longer\\x1b[31m  1B", lines[6000]);
    }

    private static void Fill(FakeCluster cluster)
    {
        cluster.Put("pics", "2026/a.jpg", "123456");
        cluster.Put("pics", "2026/b.jpg", new string('x', 50_000));
        cluster.Put("pics", "2027/a.jpg", "");
        cluster.Put("pics", "readme", "hello");
        cluster.Put("empty", "x", "y");
        cluster.Buckets["empty"].Clear();
    }
}
