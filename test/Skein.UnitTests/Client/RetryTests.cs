using System.Net;
using Microsoft.AspNetCore.Http;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;

namespace Skein.UnitTests.Client;

public sealed class RetryTests
{
    private static readonly BucketName Bucket = BucketName.Ais("b");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_proxy_is_passed_over_and_not_asked_again()
    {
        await using var cluster = await FakeCluster.StartAsync(proxies: 1);
        cluster.Put("b", "o", "x");
        using var client = new SkeinClient(new SkeinClientOptions
        {
            Endpoints = ["http://127.0.0.1:1", cluster.ProxyUrls[0]],
            MaxRetries = 0,
        });

        await client.Objects.GetBytesAsync(Bucket, "o", cancellation: Token);

        Assert.Equal(cluster.ProxyUrls[0], client.CurrentEndpoint);
    }

    [Fact]
    public async Task When_no_proxy_answers_the_error_says_so()
    {
        using var client = new SkeinClient(new SkeinClientOptions
        {
            Endpoints = ["http://127.0.0.1:1", "127.0.0.1:2"],
            MaxRetries = 1,
            RetryDelay = TimeSpan.FromMilliseconds(1),
        });

        var error = await Assert.ThrowsAsync<SkeinException>(() => client.Cluster.GetMapAsync(Token));

        Assert.True(error.IsUnreachable);
        Assert.StartsWith("cannot connect to http://127.0.0.1:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passing_refusal_is_tried_again_at_the_next_proxy()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o", "x");
        var refusals = 3;
        cluster.Intercept = (context, isProxy) =>
        {
            var refuse = isProxy && Interlocked.Decrement(ref refusals) >= 0;
            context.Response.StatusCode = refuse ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Task.FromResult(refuse);
        };
        using var client = ObjectClientTests.Client(cluster);

        await client.Objects.PutAsync(Bucket, "p", ObjectSource.FromBytes(new byte[100_000]), cancellation: Token);

        Assert.Equal(100_000, cluster.Buckets["b"]["p"].Bytes.Length);
        Assert.Equal(5, cluster.Requests.Count);
        Assert.Equal(2, cluster.Requests.Where(r => r.Role == "proxy").Select(r => r.Headers["Host"]).Distinct().Count());
    }

    [Fact]
    public async Task A_refusal_that_does_not_pass_ends_in_its_error()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Intercept = async (context, _) =>
        {
            await FakeHandlers.ErrorAsync(context, 503, "ErrNotReady", "cluster is starting");
            return true;
        };
        using var client = ObjectClientTests.Client(cluster);

        var error = await Assert.ThrowsAsync<SkeinException>(() => client.Buckets.CreateAsync(Bucket, cancellation: Token));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.Status);
        Assert.Equal("cluster is starting", error.Message);
        Assert.Equal(7, cluster.Requests.Count); // 5 retries, and one more for the second endpoint
    }

    [Fact]
    public async Task A_lost_answer_to_a_delete_is_asked_for_again_and_counts_as_done()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Put("b", "o", "x");
        var lost = 0;
        cluster.Intercept = (context, isProxy) =>
        {
            if (isProxy || Interlocked.Exchange(ref lost, 1) == 1)
            {
                return Task.FromResult(false);
            }
            cluster.Buckets["b"].Remove("o");
            context.Abort();
            return Task.FromResult(true);
        };
        using var client = ObjectClientTests.Client(cluster);

        await client.Objects.DeleteAsync(Bucket, "o", Token);

        Assert.Equal(4, cluster.Requests.Count);
    }

    [Fact]
    public async Task Silence_is_an_error_and_not_a_hang()
    {
        await using var cluster = await FakeCluster.StartAsync(proxies: 1);
        var released = new TaskCompletionSource();
        cluster.Intercept = async (_, _) =>
        {
            await released.Task;
            return true;
        };
        using var client = new SkeinClient(new SkeinClientOptions
        {
            Endpoints = cluster.ProxyUrls,
            Timeout = TimeSpan.FromMilliseconds(1500),
            MaxRetries = 1,
            RetryDelay = TimeSpan.FromMilliseconds(1),
        });

        var error = await Assert.ThrowsAsync<SkeinException>(() => client.Cluster.GetMapAsync(Token));
        released.SetResult();

        Assert.Contains("did not answer within 1.5 seconds", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, cluster.Requests.Count);
    }

    [Fact]
    public async Task The_callers_cancellation_is_not_a_timeout()
    {
        await using var cluster = await FakeCluster.StartAsync(proxies: 1);
        using var cancel = new CancellationTokenSource();
        var released = new TaskCompletionSource();
        cluster.Intercept = async (_, _) =>
        {
            await cancel.CancelAsync();
            await released.Task;
            return true;
        };
        using var client = ObjectClientTests.Client(cluster);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Cluster.GetMapAsync(cancel.Token));
        released.SetResult();
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Intercept = (context, _) =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = "/v1/health";
            return Task.FromResult(true);
        };
        using var client = ObjectClientTests.Client(cluster);

        var error = await Assert.ThrowsAsync<SkeinException>(() => client.Cluster.GetHealthAsync(Token));

        Assert.Contains("redirects", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, cluster.Requests.Count);
    }

    [Fact]
    public async Task A_pipe_that_was_begun_is_not_sent_again()
    {
        await using var cluster = await FakeCluster.StartAsync(proxies: 1);
        cluster.Put("b", "o", "x");
        cluster.Intercept = async (context, isProxy) =>
        {
            if (isProxy)
            {
                return false;
            }
            await context.Request.Body.ReadExactlyAsync(new byte[10]);
            context.Abort();
            return true;
        };
        using var client = ObjectClientTests.Client(cluster);

        await Assert.ThrowsAsync<SkeinException>(() => client.Objects.PutAsync(
            Bucket, "p", ObjectSource.FromStream(new OneWayStream(new byte[5_000_000])), cancellation: Token));

        Assert.Equal(1, cluster.Requests.Count(request => request.Role == "target"));
    }

    [Theory]
    [InlineData()]
    [InlineData("ftp://x")]
    [InlineData("http://x/path")]
    public void Endpoints_must_be_urls_of_proxies(params string[] endpoints)
    {
        Assert.Throws<ArgumentException>(() => new SkeinClient(endpoints));
    }
}
