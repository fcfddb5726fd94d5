using System.Text;
using System.Text.Json;
using Skein.TestKit;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

public sealed class TransferTests
{
    [Theory]
    [InlineData("put-file", "put", "a.txt", "ais://b")]
    [InlineData("put-file-named", "object", "put", "a.txt", "b/dir/x")]
    [InlineData("put-file-into", "put", "a.txt", "b/dir/")]
    [InlineData("put-missing-file", "put", "nosuch", "b")]
    [InlineData("put-missing-bucket", "put", "a.txt", "ais://nosuch")]
    [InlineData("put-directory", "put", "tree", "b")]
    [InlineData("put-directory-recursive", "put", "tree", "b/v1", "-r")]
    [InlineData("put-directory-dry", "put", "tree", "b", "--recursive", "--include-src-dir", "--dry-run")]
    [InlineData("put-directory-missing-bucket", "put", "tree", "nosuch", "-r")]
    [InlineData("put-workers", "put", "tree", "b", "--num-workers", "0")]
    [InlineData("put-stdin-unnamed", "put", "-", "b")]
    [InlineData("get-file", "get", "ais://b/o1", "out.txt", "--checksum")]
    [InlineData("get-here", "get", "ais://b/dir/o2")]
    [InlineData("get-range", "get", "b/o1", "out.txt", "--offset", "2", "--length", "3B")]
    [InlineData("get-bad-size", "get", "b/o1", "out.txt", "--offset", "two")]
    [InlineData("get-missing", "get", "b/nosuch", "out.txt")]
    [InlineData("get-unnamed", "get", "b/")]
    [InlineData("get-prefix", "get", "b/", "--prefix", "dir/", "down")]
    [InlineData("get-prefix-none", "get", "b", "--prefix", "zzz", "down")]
    [InlineData("rmo", "rmo", "b/o1", "ais://b/dir/o2", "--num-workers", "1")]
    [InlineData("rmo-missing", "object", "rm", "b/nosuch")]
    [InlineData("rmo-some-missing", "rmo", "b/o1", "b/nosuch")]
    [InlineData("rmo-prefix", "rmo", "b", "--prefix", "dir/", "-y")]
    [InlineData("rmo-unnamed", "rmo", "b")]
    [InlineData("rmo-dry", "rmo", "b", "--all", "--dry-run")]
    public async Task Looks_as_agreed(string golden, params string[] arguments)
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster);
        WriteTree(cli);

        var result = await cli.RunAsync(arguments);

        Golden.Check("Cli/Golden/" + golden, result.ToString(), typeof(TransferTests).Assembly);
    }

    [Fact]
    public async Task A_tree_goes_there_and_comes_back()
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster);
        WriteTree(cli);

        await cli.RunAsync("put", "tree", "b/copy", "-r", "--num-workers", "3");
        var back = await cli.RunAsync("get", "b", "--prefix", "copy/", "back", "--num-workers", "3");

        Assert.Equal(0, back.Code);
        foreach (var file in (string[])["one.txt", "sub/two.txt", "sub/deep/empty", "sub/odd näme#?%.txt"])
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(Path.Combine(cli.Folder, "tree", file), TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(
                    Path.Combine(cli.Folder, "back/copy", file), TestContext.Current.CancellationToken));
        }
        Assert.Empty(Directory.EnumerateFiles(cli.Folder, "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Standard_streams_carry_objects()
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster) { Input = Encoding.UTF8.GetBytes("from a pipe") };

        var put = await cli.RunAsync("put", "-", "b/piped");
        var got = await cli.RunAsync("get", "b/piped", "-");
        var part = await cli.RunAsync("get", "b/piped", "-", "--offset", "5", "--length", "1");

        Assert.Equal(0, put.Code);
        Assert.Equal("from a pipe", Encoding.UTF8.GetString(got.Bytes));
        Assert.Equal("", got.Output);
        Assert.Equal("a", Encoding.UTF8.GetString(part.Bytes));
    }

    [Fact]
    public async Task Names_that_lead_elsewhere_are_not_written()
    {
        await using var cluster = await ClusterAsync();
        cluster.Put("evil", "../escape", "x");
        cluster.Put("evil", "/etc/x", "x");
        cluster.Put("evil", "a//b", "x");
        cluster.Put("evil", "ok", "x");
        using var cli = new CliRunner(cluster);

        var result = await cli.RunAsync("get", "evil", "--prefix", "", "down/deep");

        Assert.Equal(1, result.Code);
        Assert.Contains("3 objects failed", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            [Path.Combine(cli.Folder, "down/deep/ok")],
            Directory.EnumerateFiles(cli.Folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Some_failures_do_not_stop_the_rest()
    {
        await using var cluster = await ClusterAsync();
        cluster.Intercept = async (context, _) =>
        {
            if (!context.Request.Path.Value!.EndsWith("two.txt", StringComparison.Ordinal))
            {
                return false;
            }
            await FakeHandlers.ErrorAsync(context, 507, "ErrCapExceeded", "out of space");
            return true;
        };
        using var cli = new CliRunner(cluster);
        WriteTree(cli);

        var result = await cli.RunAsync("put", "tree", "b", "-r");
        var json = JsonDocument.Parse((await cli.RunAsync("put", "tree", "b", "-r", "--json")).Output).RootElement;

        Golden.Check("Cli/Golden/put-some-failed", result.ToString(), typeof(TransferTests).Assembly);
        Assert.Equal(3, json.GetProperty("objects").GetInt64());
        Assert.Equal(1, json.GetProperty("failed").GetInt64());
        Assert.Contains("two.txt", json.GetProperty("errors")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Too_many_failures_end_the_work()
    {
        await using var cluster = await ClusterAsync();
        cluster.Intercept = async (context, _) =>
        {
            if (context.Request.Method != "PUT")
            {
                return false;
            }
            await FakeHandlers.ErrorAsync(context, 507, "ErrCapExceeded", "out of space");
            return true;
        };
        using var cli = new CliRunner(cluster);
        for (var i = 0; i < 200; i++)
        {
            cli.Write($"many/{i:000}", "x");
        }

        var result = await cli.RunAsync("put", "many", "b", "--num-workers", "4");

        Assert.Equal(1, result.Code);
        Assert.Contains("Stopped after 100 failures; the rest was not tried.", result.Error, StringComparison.Ordinal);
        Assert.InRange(cluster.Requests.Count(request => request.Method == "PUT"), 100, 110);
    }

    [Fact]
    public async Task Links_to_files_are_followed_and_links_to_directories_are_not()
    {
        await using var cluster = await ClusterAsync();
        using var cli = new CliRunner(cluster);
        WriteTree(cli);
        File.CreateSymbolicLink(Path.Combine(cli.Folder, "tree/link.txt"), Path.Combine(cli.Folder, "a.txt"));
        File.CreateSymbolicLink(Path.Combine(cli.Folder, "tree/dangling"), Path.Combine(cli.Folder, "nowhere"));
        Directory.CreateSymbolicLink(Path.Combine(cli.Folder, "tree/loop"), Path.Combine(cli.Folder, "tree"));

        var result = await cli.RunAsync("put", "tree", "b/t", "-r");

        Assert.Equal("Warning: links that do not lead to a file are left out (2)\n", result.Error);
        Assert.Equal(
            ["t/link.txt", "t/one.txt", "t/sub/deep/empty", "t/sub/odd näme#?%.txt", "t/sub/two.txt"],
            cluster.Buckets["b"].Keys.Where(name => name.StartsWith("t/", StringComparison.Ordinal)));
        Assert.Equal("file a", Encoding.UTF8.GetString(cluster.Buckets["b"]["t/link.txt"].Bytes));
    }

    private static async Task<FakeCluster> ClusterAsync()
    {
        var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o1", "0123456789");
        cluster.Put("b", "dir/o2", "two");
        cluster.Put("b", "dir/o3", "three");
        return cluster;
    }

    private static void WriteTree(CliRunner cli)
    {
        cli.Write("a.txt", "file a");
        cli.Write("tree/one.txt", "1");
        cli.Write("tree/sub/two.txt", new string('2', 3000));
        cli.Write("tree/sub/deep/empty", "");
        cli.Write("tree/sub/odd näme#?%.txt", "odd");
    }
}
