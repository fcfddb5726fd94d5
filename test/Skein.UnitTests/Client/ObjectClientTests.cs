using System.Text;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.UnitTests.Client;

public sealed class ObjectClientTests
{
    private static readonly BucketName Bucket = BucketName.Ais("b");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stores_and_reads_an_object_through_redirects()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "old", "x");
        using var client = Client(cluster);
        var bytes = Encoding.UTF8.GetBytes("hello, wire");

        var stored = await client.Objects.PutAsync(
            Bucket, "dir/hello.txt", ObjectSource.FromBytes(bytes),
            new PutOptions { Custom = new Dictionary<string, string> { ["k"] = "v ü=1" } }, Token);
        var head = await client.Objects.HeadAsync(Bucket, "dir/hello.txt", Token);
        await using var download = await client.Objects.GetAsync(Bucket, "dir/hello.txt", cancellation: Token);
        using var read = new MemoryStream();
        await download.Content.CopyToAsync(read, Token);

        Assert.Equal(bytes, read.ToArray());
        Assert.Equal("1", stored.Version);
        Assert.Equal(stored.Checksum, head!.Checksum);
        Assert.Equal(bytes.Length, head.Size);
        Assert.Equal(KeyValuePair.Create("k", "v ü=1"), Assert.Single(head.Custom));
        Assert.Equal(1795381289233445831, download.Attributes.AccessTime);
        string[] seen = [.. cluster.Requests.Select(request => request.ToString().Split("&pid")[0])];
        Assert.Equal("proxy PUT /v1/objects/b/dir/hello.txt?provider=ais", seen[0]);
        Assert.Equal("target PUT /v1/objects/b/dir/hello.txt?provider=ais", seen[1]);
    }

    [Theory]
    [InlineData("a b#c?d%e", "/v1/objects/b/a%20b%23c%3Fd%25e?")]
    [InlineData("a//b", "/v1/objects/b/a//b?")]
    [InlineData("./x", "/v1/objects/b/./x?")]
    [InlineData("ключ/é", "/v1/objects/b/%D0%BA%D0%BB%D1%8E%D1%87/%C3%A9?")]
    public async Task Names_arrive_as_they_are(string name, string path)
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "old", "x");
        using var client = Client(cluster);

        await client.Objects.PutAsync(Bucket, name, ObjectSource.FromBytes("1"u8.ToArray()), cancellation: Token);

        Assert.All(cluster.Requests, request => Assert.StartsWith(path, request.Target, StringComparison.Ordinal));
        Assert.Equal(2, cluster.Requests.Count);
    }

    [Fact]
    public async Task Large_bodies_are_not_sent_to_the_proxy()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "old", "x");
        using var client = Client(cluster);
        var bytes = new byte[3 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        var progress = new Counter();

        await client.Objects.PutAsync(
            Bucket, "big", ObjectSource.FromStream(new MemoryStream(bytes)),
            new PutOptions { Progress = progress }, Token);

        Assert.Equal(bytes, cluster.Buckets["b"]["big"].Bytes);
        Assert.Equal(bytes.Length, progress.Sum);
        Assert.Equal("100-continue", cluster.Requests.First(request => request.Role == "proxy").Expect);
        Assert.Equal(bytes.Length, cluster.Requests.Single(request => request.Role == "target").BodyBytes);
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_sent_once_and_without_a_checksum()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "old", "x");
        using var client = Client(cluster);
        await using var pipe = new OneWayStream(Encoding.UTF8.GetBytes(new string('x', 200_000)));

        await client.Objects.PutAsync(Bucket, "piped", ObjectSource.FromStream(pipe), cancellation: Token);

        Assert.Equal(200_000, cluster.Buckets["b"]["piped"].Bytes.Length);
        Assert.All(cluster.Requests, request => Assert.DoesNotContain("Ais-Checksum-Value", request.Headers.Keys));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "old", "x");
        using var client = Client(cluster);

        await client.Objects.PutAsync(Bucket, "e", ObjectSource.FromBytes(Array.Empty<byte>()), cancellation: Token);

        Assert.Empty(await client.Objects.GetBytesAsync(Bucket, "e", cancellation: Token));
    }

    [Fact]
    public async Task Ranges_are_read()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o", "0123456789");
        using var client = Client(cluster);

        var middle = await client.Objects.GetBytesAsync(
            Bucket, "o", new GetOptions { Offset = 2, Length = 3 }, Token);
        await using var rest = await client.Objects.GetAsync(Bucket, "o", new GetOptions { Offset = 7 }, Token);

        Assert.Equal("234", Encoding.UTF8.GetString(middle));
        Assert.Equal(3, rest.Length);
        Assert.Equal(10, rest.Attributes.Size);
    }

    [Fact]
    public async Task Wrong_bytes_are_noticed()
    {
        await using var cluster = await FakeCluster.StartAsync();
        var stored = cluster.Put("b", "o", "0123456789");
        cluster.Buckets["b"]["o"] = stored with { Bytes = "0123456_89"u8.ToArray() };
        using var client = Client(cluster);

        var error = await Assert.ThrowsAsync<SkeinException>(
            () => client.Objects.GetBytesAsync(Bucket, "o", cancellation: Token));
        var unchecked_ = await client.Objects.GetBytesAsync(Bucket, "o", new GetOptions { Verify = false }, Token);

        Assert.Equal("ErrBadCksum", error.TypeCode);
        Assert.Equal(10, unchecked_.Length);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_an_error()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o", "0123456789");
        var received = new TaskCompletionSource();
        cluster.Intercept = async (context, isProxy) =>
        {
            if (isProxy)
            {
                return false;
            }
            context.Response.ContentLength = 10;
            await context.Response.Body.WriteAsync("0123"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await received.Task;
            context.Abort();
            return true;
        };
        using var client = Client(cluster);
        await using var download = await client.Objects.GetAsync(Bucket, "o", cancellation: Token);
        var buffer = new byte[4];
        await download.Content.ReadExactlyAsync(buffer, Token);
        received.SetResult();

        var error = await Assert.ThrowsAsync<SkeinException>(
            () => download.Content.CopyToAsync(Stream.Null, Token));

        Assert.Contains("broke off after 4 of 10 bytes", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsUnreachable);
    }

    [Fact]
    public async Task Errors_carry_what_the_node_said()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o", "x");
        using var client = Client(cluster);

        var noBucket = await Assert.ThrowsAsync<SkeinException>(
            () => client.Objects.GetBytesAsync(BucketName.Ais("nosuch"), "o", cancellation: Token));
        var noObject = await Assert.ThrowsAsync<SkeinException>(
            () => client.Objects.DeleteAsync(Bucket, "nosuch", Token));

        Assert.Equal("ErrBckNotFound", noBucket.TypeCode);
        Assert.Equal("bucket \"ais://nosuch\" does not exist", noBucket.Message);
        Assert.Equal("p[proxy001]", noBucket.Node);
        Assert.True(noBucket.IsNotFound);
        Assert.Equal("ErrNotFound", noObject.TypeCode);
        Assert.Null(await client.Objects.HeadAsync(Bucket, "nosuch", Token));
        await Assert.ThrowsAsync<SkeinException>(
            () => client.Objects.HeadAsync(BucketName.Ais("nosuch"), "o", Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/")]
    public async Task Bad_names_are_refused_before_anything_is_sent(string name)
    {
        await using var cluster = await FakeCluster.StartAsync();
        using var client = Client(cluster);

        await Assert.ThrowsAsync<StoreException>(() => client.Objects.GetBytesAsync(Bucket, name, cancellation: Token));

        Assert.Empty(cluster.Requests);
    }

    internal static SkeinClient Client(FakeCluster cluster) => new(new SkeinClientOptions
    {
        Endpoints = cluster.ProxyUrls,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(5),
        Timeout = TimeSpan.FromSeconds(10),
    });

    private sealed class Counter : IProgress<long>
    {
        public long Sum { get; private set; }

        public void Report(long value) => Sum += value;
    }
}
