using System.Collections.Immutable;
using System.Text;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Gateway.Peers;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway;

/// <summary>A cluster in this process. The first proxy is the primary.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly HttpClient _direct = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });

    public FakeCluster Documents { get; } = new();

    public List<TestNode> Proxies { get; } = [];

    public List<TestNode> Targets { get; } = [];

    public TestNode Proxy => Proxies[0];

    public static async Task<TestCluster> StartAsync(int proxies = 1, int targets = 1)
    {
        var cluster = new TestCluster();
        for (var i = 0; i < proxies; i++)
        {
            cluster.Proxies.Add(await TestNode.StartAsync(cluster.Documents, $"p{i}AISwire", NodeRole.Proxy));
        }
        for (var i = 0; i < targets; i++)
        {
            cluster.Targets.Add(await TestNode.StartAsync(cluster.Documents, $"t{i}AISwire", NodeRole.Target));
        }
        cluster.Documents.Change(document => cluster.Map(document));
        return cluster;
    }

    /// <summary>A cluster of one proxy with the bucket <c>b</c>.</summary>
    public static async Task<TestCluster> WithBucketAsync(int targets = 1)
    {
        var cluster = await StartAsync(targets: targets);
        await cluster.CreateBucketAsync("b");
        return cluster;
    }

    /// <summary>Adds a target, as a join does: the cluster is unsettled then if there are buckets.</summary>
    public async Task<TestNode> AddTargetAsync()
    {
        var target = await TestNode.StartAsync(Documents, $"t{Targets.Count}AISwire", NodeRole.Target);
        Targets.Add(target);
        Documents.Change(document => new AddNode(target.Info).Apply(document));
        return target;
    }

    public async Task CreateBucketAsync(string name, string value = "null", string query = "")
    {
        using var answer = await SendAsync(
            HttpMethod.Post, Proxy, $"/v1/buckets/{name}{query}", $$"""{"action":"create-bck","value":{{value}}}""");
        Assert.Equal(200, (int)answer.StatusCode);
    }

    /// <summary>Sends without following redirects.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, TestNode node, string target, string? body = null, params (string, string)[] headers) =>
        SendAsync(method, node.PublicUrl.GetLeftPart(UriPartial.Authority), target, body, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string baseUrl, string target, string? body, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(method, PeerHttp.ExactUri(baseUrl, target));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }
        return await _direct.SendAsync(request, StoreFixture.Cancel);
    }

    /// <summary>Sends to the proxy and follows redirects with the same verb, headers and body, as curl -L does.</summary>
    public async Task<HttpResponseMessage> FollowAsync(
        HttpMethod method, string target, string? body = null, params (string, string)[] headers)
    {
        var answer = await SendAsync(method, Proxy, target, body, headers);
        for (var hops = 0; (int)answer.StatusCode is 301 or 307; hops++)
        {
            Assert.True(hops < 3, "redirected in a circle");
            var location = answer.Headers.NonValidated["Location"].ToString();
            answer.Dispose();
            var slash = location.IndexOf('/', "http://".Length);
            answer = await SendAsync(method, location[..slash], location[slash..], body, headers);
        }
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Proxies.Concat(Targets))
        {
            await node.DisposeAsync();
        }
        _direct.Dispose();
    }

    private ControlDocument Map(ControlDocument document)
    {
        var map = new ClusterMap(
            ClusterMap.NoNodes.AddRange(Proxies.Select(node => KeyValuePair.Create(node.Info.Id, node.Info))),
            ClusterMap.NoNodes.AddRange(Targets.Select(node => KeyValuePair.Create(node.Info.Id, node.Info))),
            Proxies[0].Info.Id,
            "cluster-1",
            "",
            document.Map.Version + 1);
        return document with
        {
            Map = map,
            Rebalance = new RebalanceMetadata(0, [new OwnerSet(1, [.. map.ActiveTargets.Select(target => target.Id)])]),
        };
    }
}
