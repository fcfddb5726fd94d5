using System.Net;
using System.Text.Json;
using Skein.Core.Wire;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway;

/// <summary>Mountpaths over HTTP, with AIStore's words and codes.</summary>
public sealed class MountpathCallTests
{
    private const string Path = "/v1/reverse/daemon/mountpaths";

    [Fact]
    public async Task Mountpaths_are_disabled_enabled_detached_and_attached_through_a_proxy()
    {
        await using var cluster = await TestCluster.StartAsync();
        var node = cluster.Targets[0];
        var first = node.Disks.Paths[0].Path;
        var second = node.Disks.Paths[1].Path;
        Assert.Equal((200, ""), await SendAsync(cluster, "POST", "?dntres=true", "disable-mp", $"\"{second}\""));
        Assert.Equal(204, (await SendAsync(cluster, "POST", "", "disable-mp", $"\"{second}\"")).Status);
        var (available, waiting, disabled) = await ListsAsync(cluster);
        Assert.Equal([first], available);
        Assert.Empty(waiting);
        Assert.Equal([second], disabled);
        Assert.Equal(0UL, node.MountpathService.StateFlags & NodeStateInfo.DiskFault);
        Assert.Equal((200, ""), await SendAsync(cluster, "POST", "", "enable-mp", $"\"{second}\""));
        Assert.Equal(204, (await SendAsync(cluster, "POST", "", "enable-mp", $"\"{second}\"")).Status);
        Assert.Equal((200, ""), await SendAsync(cluster, "DELETE", "", "detach-mp", $"\"{second}\""));
        await PollAsync(async () =>
            await ListsAsync(cluster) is { Waiting: [], Disabled: [], Available: [var only] } && only == first);
        Assert.Equal((200, ""), await SendAsync(cluster, "PUT", "?mountpath_label=fast", "attach-mp", $"\"{second}\""));
        Assert.Equal([first, second], (await ListsAsync(cluster)).Available);
        Assert.Equal("fast", node.Disks.Store.Mountpaths.View.Find(second)!.Label);
        Assert.Equal((200, ""), await SendAsync(cluster, "POST", "?dntres=true", "disable-mp", $"\"{first}\""));
        Assert.Equal((200, ""), await SendAsync(cluster, "POST", "?dntres=true", "disable-mp", $"\"{second}\""));
        Assert.NotEqual(0UL, node.MountpathService.StateFlags & NodeStateInfo.DiskFault);
        await cluster.CreateBucketAsync("b");
        using var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/o", "content");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, put.StatusCode);
    }

    [Theory]
    [InlineData("PUT", "attach-mp", "\"/nosuch\"", 404, "mountpath /nosuch does not exist", "ErrNotFound")]
    [InlineData("PUT", "attach-mp", "\"@\"", 400, "duplicated mountpath mp[@]", "")]
    [InlineData("PUT", "attach-mp", "\"relative\"", 400, "mountpath \\\"relative\\\" is not an absolute path", "")]
    [InlineData("PUT", "attach-mp", "\"\"", 400, "mountpath is not defined", "")]
    [InlineData("PUT", "attach-mp", "5", 400, "expected a string", "")]
    [InlineData("POST", "enable-mp", "\"/nosuch\"", 404, "mountpath /nosuch does not exist", "ErrMountpathNotFound")]
    [InlineData("POST", "disable-mp", "\"/nosuch\"", 404, "mountpath /nosuch does not exist", "ErrMountpathNotFound")]
    [InlineData("DELETE", "detach-mp", "\"/nosuch\"", 404, "mountpath /nosuch does not exist", "ErrMountpathNotFound")]
    [InlineData("POST", "attach-mp", "\"/nosuch\"", 400, "invalid action \\\"attach-mp\\\"", "")]
    [InlineData("DELETE", "bogus", "\"/nosuch\"", 400, "invalid action \\\"bogus\\\"", "")]
    public async Task What_makes_no_sense_is_refused_exactly(
        string method, string action, string value, int status, string message, string type)
    {
        await using var cluster = await TestCluster.StartAsync();
        var path = cluster.Targets[0].Disks.Paths[0].Path;
        var (code, text) = await SendAsync(
            cluster, method, "", action, value.Replace("@", path, StringComparison.Ordinal));
        Assert.Equal(status, code);
        Assert.Contains(message.Replace("@", path, StringComparison.Ordinal), text, StringComparison.Ordinal);
        Assert.Contains(type, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_has_no_mountpaths()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var answer = await cluster.SendAsync(
            HttpMethod.Put, cluster.Proxy, "/v1/daemon/mountpaths", Body("attach-mp", "\"/x\""));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            "invalid action \\\"mountpaths\\\"", await answer.Content.ReadAsStringAsync(StoreFixture.Cancel),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disks_are_shown_by_targets_only()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var target = await cluster.SendAsync(HttpMethod.Get, cluster.Targets[0], "/v1/daemon?what=disk");
        Assert.Equal(
            "{\"vda\":{\"RBps\":233472,\"Ravg\":17083,\"WBps\":6120789,\"Wavg\":53276,\"Util\":3}}",
            (await target.Content.ReadAsStringAsync(StoreFixture.Cancel)).TrimEnd());
        using var proxy = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, "/v1/daemon?what=disk");
        Assert.Equal(HttpStatusCode.BadRequest, proxy.StatusCode);
    }

    private static string Body(string action, string value) => $"{{\"action\": \"{action}\", \"value\": {value}}}";

    private static async Task<(int Status, string Text)> SendAsync(
        TestCluster cluster, string method, string query, string action, string value)
    {
        using var answer = await cluster.SendAsync(
            new HttpMethod(method), cluster.Proxy, Path + query, Body(action, value),
            ("Ais-Node-Id", cluster.Targets[0].Info.Id));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    private static async Task<(string[] Available, string[] Waiting, string[] Disabled)> ListsAsync(TestCluster cluster)
    {
        using var answer = await cluster.SendAsync(HttpMethod.Get, cluster.Targets[0], "/v1/daemon?what=mountpaths");
        var lists = JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.MountpathLists)!;
        return ([.. lists.Available], [.. lists.Waiting], [.. lists.Disabled]);
    }

    private static async Task PollAsync(Func<Task<bool>> isTrue)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(20), "not within 20 s");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, StoreFixture.Cancel);
        }
    }
}
