using System.Globalization;
using System.Text;
using System.Text.Json;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Remote;

/// <summary>Two clusters: <c>Far</c> is attached to <c>Near</c> under the alias <c>far</c>.</summary>
public sealed class TwoClusters : IAsyncLifetime
{
    public const string Alias = "far";

    private int _buckets;

    public InProcessCluster Near { get; private set; } = null!;

    public InProcessCluster Far { get; private set; } = null!;

    public TestHttp Http => Near.Http;

    /// <summary>Base URL of a proxy of the near cluster that is not its primary.</summary>
    public string Proxy => Near.Proxies[1].Url;

    public string FarProxy => Far.Url;

    /// <summary>Id of the far cluster.</summary>
    public string FarId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var both = await Task.WhenAll(InProcessCluster.StartAsync(2, 2, 2), InProcessCluster.StartAsync(1, 2));
        (Near, Far) = (both[0], both[1]);
        FarId = (await Http.WhatAsync(FarProxy, "smap")).GetProperty("uuid").GetString()!;
        (await AttachAsync(Alias, FarProxy)).Succeeded();
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(Near.DisposeAsync().AsTask(), Far.DisposeAsync().AsTask());

    public Task<TestReply> AttachAsync(string alias, string url) => Http.SendAsync(
        HttpMethod.Put, $"{Proxy}/v1/cluster/attach?what=remote", null,
        [.. alias.Length == 0 ? Array.Empty<(string, string)>() : [("Ais-Remote-Ais-Alias", alias)],
            .. url.Length == 0 ? Array.Empty<(string, string)>() : [("Ais-Remote-Ais-Url", url)]]);

    public Task<TestReply> DetachAsync(string alias) => Http.SendAsync(
        HttpMethod.Put, $"{Proxy}/v1/cluster/detach?what=remote", null, ("Ais-Remote-Ais-Alias", alias));

    /// <summary>Creates a bucket in the far cluster.</summary>
    public async Task<string> NewFarBucketAsync(string props = "null")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"far-{Interlocked.Increment(ref _buckets)}");
        (await Http.CreateAsync(FarProxy, name, props)).Succeeded();
        return name;
    }

    /// <summary>What stands after the name of a bucket or object to say that it is the far cluster's.</summary>
    public static string Query(string alias = Alias) => $"?provider=ais&namespace=%40{alias}";

    /// <summary>Names of the far bucket that the near cluster has stored.</summary>
    public async Task<IReadOnlyList<string>> StoredAsync(string bucket)
    {
        var page = (await Http.ListPageAsync(Proxy, bucket + Query(), """{"flags":"1","props":"name"}""")).Succeeded().Json;
        return page.GetProperty("entries") is { ValueKind: JsonValueKind.Array } entries
            ? [.. entries.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!)]
            : [];
    }

    /// <summary>A far bucket with objects <c>o00</c>, <c>o01</c> and so on, each with its name as its content.</summary>
    public async Task<string> FilledAsync(int count)
    {
        var bucket = await NewFarBucketAsync();
        await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
            (await Http.PutAsync(FarProxy, $"{bucket}/o{i:00}", Text($"o{i:00}"))).Succeeded()));
        return bucket;
    }

    /// <summary>Starts a job over a far bucket in the near cluster, and waits until it is idle or has ended.</summary>
    public Task RunAsync(HttpMethod method, string bucket, string action, string value, string kind) =>
        RunAtAsync(method, bucket + Query(), action, value, kind);

    /// <summary>Starts a job over a bucket in the near cluster, and waits until it is idle or has ended.</summary>
    public async Task RunAtAsync(HttpMethod method, string bucketAndQuery, string action, string value, string kind)
    {
        var reply = await Http.ActAsync(method, $"{Proxy}/v1/buckets/{bucketAndQuery}", action, value);
        await EndedAsync(reply.Succeeded().Text, kind);
    }

    /// <summary>Waits until a job of the near cluster is idle or has ended.</summary>
    public Task EndedAsync(string id, string kind) => Poll.UntilAsync(async () =>
    {
        var snaps = await Http.SendAsync(
            HttpMethod.Get, $"{Proxy}/v1/cluster?what=qryxstats", Text($$"""{"id":"{{id}}","kind":"{{kind}}"}"""));
        var all = snaps.Succeeded().Json.EnumerateObject().SelectMany(target => target.Value.EnumerateArray()).ToList();
        Assert.All(all, snap => Assert.Equal("", snap.GetProperty("abort-err").GetString()));
        Assert.All(all, snap => Assert.True(
            !snap.TryGetProperty("err", out var error) || error.GetString()!.Length == 0, snaps.Text));
        return all.All(snap => snap.GetProperty("is_idle").GetBoolean()
            || !snap.GetProperty("end-time").GetString()!.StartsWith("0001", StringComparison.Ordinal))
            ? null
            : snaps.Text;
    });

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
