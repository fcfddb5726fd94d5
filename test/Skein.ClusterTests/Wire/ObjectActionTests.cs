using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Wire;

/// <summary>Rename, copy, append and uploads in parts, through every proxy, and over a restart.</summary>
public sealed class ObjectActionTests
{
    [Fact]
    public async Task WhatOneProxyBeganAnotherOneGoesOnWith()
    {
        await using var cluster = await InProcessCluster.StartAsync(3, 3, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        (await cluster.Http.CreateAsync(cluster.Url, "c")).Succeeded();
        for (var i = 0; i < 12; i++)
        {
            var (one, two) = (cluster.Proxies[i % 3].Url, cluster.Proxies[(i + 1) % 3].Url);
            var content = Payloads.Bytes(100_000 * i, i);
            (await cluster.Http.PutAsync(one, $"b/o{i}", content, ("Ais-Custom-Md", "k=v"))).Succeeded();
            (await RenameAsync(cluster, two, $"o{i}", $"dir/n{i}")).Succeeded();
            Assert.Equal(404, (await cluster.Http.HeadAsync(one, $"b/o{i}")).Code);
            var renamed = (await cluster.Http.GetAsync(one, $"b/dir/n{i}")).Succeeded();
            Assert.Equal(content, renamed.Body);
            Assert.Equal("k=v", renamed.Header("Ais-Custom-Md"));
            (await cluster.Http.FollowAsync(
                HttpMethod.Put, $"{one}/v1/objects/b/dir/n{i}?object_to=ais/@%23/c/copy{i}", [])).Succeeded();
            Assert.Equal(content, (await cluster.Http.GetAsync(two, $"c/copy{i}")).Succeeded().Body);
            var handle = await AppendAsync(cluster, one, $"app{i}", "", "one,");
            handle = await AppendAsync(cluster, two, $"app{i}", handle, "two");
            (await FlushAsync(cluster, one, $"app{i}", handle)).Succeeded();
            Assert.Equal("one,two", (await cluster.Http.GetAsync(two, $"b/app{i}")).Succeeded().Text);
        }
        Assert.Equal(24, (await cluster.Http.ListAsync(cluster.Url, "b")).Count);
        Assert.Equal(12, (await cluster.Http.ListAsync(cluster.Url, "c")).Count);
    }

    [Fact]
    public async Task AppendsAndUploadsSurviveARestartOfEveryNode()
    {
        await using var cluster = await InProcessCluster.StartAsync(1, 2, 2);
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        var handles = new string[6];
        var uploads = new string[6];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = await AppendAsync(cluster, cluster.Url, $"app{i}", "", "one,");
            uploads[i] = (await cluster.Http.ActAsync(
                HttpMethod.Post, $"{cluster.Url}/v1/objects/b/big{i}", "mpt-upload")).Succeeded().Text;
            (await PartAsync(cluster, i, uploads[i], 2, "two")).Succeeded();
        }
        await Task.WhenAll(cluster.Nodes.Select(node => node.StopAsync()));
        foreach (var node in cluster.Nodes)
        {
            await node.StartAsync();
        }
        await Poll.UntilAsync(async () =>
        {
            var reply = await cluster.Http.PutAsync(cluster.Url, "b/ready", [1]);
            var listed = await cluster.Http.HeadAsync(cluster.Url, "b/ready");
            return reply.Code == 200 && listed.Code == 200 ? null : reply.Text;
        });
        for (var i = 0; i < handles.Length; i++)
        {
            var (number, handle) = (i, handles[i]);
            await Poll.UntilAsync(async () => (await PartAsync(cluster, number, uploads[number], 1, "one,")).Code == 200
                ? null : "the target is not back");
            handle = await AppendAsync(cluster, cluster.Url, $"app{i}", handle, "two");
            (await FlushAsync(cluster, cluster.Url, $"app{i}", handle)).Succeeded();
            Assert.Equal("one,two", (await cluster.Http.GetAsync(cluster.Url, $"b/app{i}")).Succeeded().Text);
            (await cluster.Http.ActAsync(
                HttpMethod.Post, $"{cluster.Url}/v1/objects/b/big{i}?uploadId={uploads[i]}", "mpt-complete",
                """[{"part-number":1,"etag":""},{"part-number":2,"etag":""}]""")).Succeeded();
            Assert.Equal("one,two", (await cluster.Http.GetAsync(cluster.Url, $"b/big{i}")).Succeeded().Text);
        }
    }

    private static Task<TestReply> RenameAsync(InProcessCluster cluster, string proxy, string name, string newName) =>
        cluster.Http.FollowAsync(
            HttpMethod.Post, $"{proxy}/v1/objects/b/{name}",
            Encoding.UTF8.GetBytes($$"""{"action":"rename-obj","name":"{{newName}}"}"""));

    private static Task<TestReply> PartAsync(
        InProcessCluster cluster, int upload, string id, int number, string bytes) => cluster.Http.FollowAsync(
            HttpMethod.Put, $"{cluster.Url}/v1/objects/b/big{upload}?uploadId={id}&partNumber={number}",
            Encoding.UTF8.GetBytes(bytes));

    private static async Task<string> AppendAsync(
        InProcessCluster cluster, string proxy, string name, string handle, string bytes)
    {
        var reply = await cluster.Http.FollowAsync(
            HttpMethod.Put,
            $"{proxy}/v1/objects/b/{name}?append_type=append&append_handle={Uri.EscapeDataString(handle)}",
            Encoding.UTF8.GetBytes(bytes));
        return reply.Succeeded().Header("Ais-Append-Handle")!;
    }

    private static Task<TestReply> FlushAsync(InProcessCluster cluster, string proxy, string name, string handle) =>
        cluster.Http.FollowAsync(
            HttpMethod.Put, $"{proxy}/v1/objects/b/{name}?append_type=flush&append_handle={Uri.EscapeDataString(handle)}", []);
}
