using System.Text.Json;
using Skein.Core.Jobs;
using Skein.Core.Wire;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Proxy;

/// <summary>Jobs over the objects of a bucket, through a proxy and its targets.</summary>
public sealed class BucketJobTests
{
    [Theory]
    [InlineData("""{"objnames":["o-1","o-3","nosuch"]}""", "o-0 o-2 p/x q")]
    [InlineData("""{"template":"o-{0..9}"}""", "p/x q")]
    [InlineData("""{"template":"o-{1..9..2}"}""", "o-0 o-2 p/x q")]
    [InlineData("""{"template":"p/"}""", "o-0 o-1 o-2 o-3 q")]
    [InlineData("""{"template":"q","objnames":["o-0"]}""", "o-1 o-2 o-3 p/x q")]
    [InlineData("""{"template":""}""", "")]
    [InlineData("""{"objnames":[]}""", "")]
    [InlineData("{}", "")]
    [InlineData("null", "")]
    public async Task NamedObjectsAreDeletedOnAllTargets(string value, string left)
    {
        await using var cluster = await FilledAsync(3);
        var id = await StartAsync(cluster, HttpMethod.Delete, "delete-listrange", value);
        var snaps = await WaitAsync(cluster, id, snap => snap.IsIdle);
        Assert.Equal(left, await NamesAsync(cluster));
        Assert.All(snaps, snap => Assert.Equal(("b", "delete-listrange", ""), (snap.Bucket.Name, snap.Kind, snap.Error)));
        var kept = left.Length == 0 ? 0 : left.Split(' ').Length;
        Assert.Equal(6 - kept, snaps.Sum(snap => snap.Stats.LocalObjects));
        // Idle, and still listed as running for a while, as in AIStore.
        Assert.Contains(snaps, snap => snap.IsRunning);
    }

    [Fact]
    public async Task AJobEndsByItselfAndItsFilesGo()
    {
        await using var cluster = await FilledAsync(2);
        var id = await StartAsync(cluster, HttpMethod.Delete, "delete-listrange", "null");
        var snaps = await WaitAsync(cluster, id, snap => !snap.IsRunning);
        Assert.All(snaps, snap => Assert.True(snap.IsFinished));
        foreach (var target in cluster.Targets)
        {
            await Poll.UntilAsync(() => Task.FromResult(
                Directory.GetFiles(Path.Combine(target.Folder, ".skein.walks")).Length == 0 ? null : "files are left"));
        }
    }

    [Theory]
    [InlineData("DELETE", "delete-listrange", """{"template":"o-{9..1}"}""", 400, "errTemplateInvalid")]
    [InlineData("DELETE", "delete-listrange", """{"objnames":["../x"]}""", 400, "ErrInvalidObjName")]
    [InlineData("DELETE", "delete-listrange", """{"template":"../x"}""", 400, null)]
    [InlineData("DELETE", "delete-listrange", """{"objnames":"x"}""", 400, null)]
    [InlineData("DELETE", "evict-listrange", """{"objnames":["o-1"]}""", 400, "ErrNotRemoteBck")]
    [InlineData("POST", "prefetch-listrange", """{"objnames":["o-1"]}""", 400, "ErrNotRemoteBck")]
    [InlineData("DELETE", "etl-listrange", "{}", 400, null)]
    public async Task AWrongCallStartsNothing(string verb, string action, string value, int status, string? type)
    {
        await using var cluster = await FilledAsync(2);
        using var answer = await SendAsync(cluster, new HttpMethod(verb), "b", action, value);
        Assert.Equal(status, (int)answer.StatusCode);
        var error = JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.WireError)!;
        Assert.Equal(type, error.TypeCode);
        Assert.Empty(cluster.Targets[0].Jobs!.Snapshots(new JobMessage()));
        Assert.Equal("o-0 o-1 o-2 o-3 p/x q", await NamesAsync(cluster));
    }

    [Theory]
    [InlineData("DELETE", "delete-listrange")]
    [InlineData("DELETE", "evict-listrange")]
    [InlineData("POST", "prefetch-listrange")]
    public async Task ABucketThatDoesNotExistIsNotFound(string verb, string action)
    {
        await using var cluster = await FilledAsync(1);
        using var answer = await SendAsync(cluster, new HttpMethod(verb), "nosuch", action, "{}");
        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Fact]
    public async Task WhatTheBucketForbidsIsNotStarted()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b", """{"access":"18446744073709551599"}""");
        using var answer = await SendAsync(cluster, HttpMethod.Delete, "b", "delete-listrange", "{}");
        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task WhatOneTargetCannotStartRunsOnNone()
    {
        await using var cluster = await FilledAsync(2);
        await cluster.Targets[1].StopServerAsync();
        using var answer = await SendAsync(cluster, HttpMethod.Delete, "b", "delete-listrange", """{"objnames":["zz"]}""");
        Assert.Equal(503, (int)answer.StatusCode);
        await Poll.UntilAsync(() => Task.FromResult(
            cluster.Targets[0].Jobs!.Snapshots(new JobMessage()) is [{ IsAborted: true, IsRunning: false }] ? null : "runs"));
    }

    [Fact]
    public async Task AJobThatSomebodyHasNotEndedRunsAlthoughATargetIsSilent()
    {
        await using var cluster = await FilledAsync(2);
        var id = await StartAsync(cluster, HttpMethod.Delete, "delete-listrange", """{"objnames":["o-1"]}""");
        await cluster.Targets[1].StopServerAsync();
        using var answer = await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/cluster?what=status", $$"""{"id":"{{id}}"}""");
        Assert.Equal(200, (int)answer.StatusCode);
        var status = JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.JobStatus)!;
        Assert.Equal((id, 0), (status.Id, status.EndTime));
    }

    internal static async Task<TestCluster> FilledAsync(int targets)
    {
        var cluster = await TestCluster.StartAsync(targets: targets);
        await cluster.CreateBucketAsync("b");
        foreach (var name in (string[])["o-0", "o-1", "o-2", "o-3", "p/x", "q"])
        {
            using var answer = await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/{name}", "content of " + name);
            Assert.Equal(200, (int)answer.StatusCode);
        }
        return cluster;
    }

    internal static Task<HttpResponseMessage> SendAsync(
        TestCluster cluster, HttpMethod verb, string bucket, string action, string value, string query = "") =>
        cluster.SendAsync(
            verb, cluster.Proxy, $"/v1/buckets/{bucket}{query}", $$"""{"action":"{{action}}","value":{{value}}}""");

    internal static async Task<string> StartAsync(
        TestCluster cluster, HttpMethod verb, string action, string value, string bucket = "b", string query = "")
    {
        using var answer = await SendAsync(cluster, verb, bucket, action, value, query);
        var text = await answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
        Assert.True((int)answer.StatusCode == 200, text);
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        return text;
    }

    /// <summary>Waits until the job is on every target as wanted.</summary>
    internal static async Task<List<JobSnap>> WaitAsync(TestCluster cluster, string id, Func<JobSnap, bool> wanted)
    {
        List<JobSnap> snaps = [];
        await Poll.UntilAsync(() =>
        {
            snaps = [.. cluster.Targets.SelectMany(target => target.Jobs!.Snapshots(new JobMessage { Id = id }))];
            return Task.FromResult(
                snaps.Count == cluster.Targets.Count && snaps.All(wanted)
                    ? null
                    : string.Join(", ", snaps.Select(snap => JsonSerializer.Serialize(snap, WireJsonContext.Output.JobSnap))));
        });
        return snaps;
    }

    internal static async Task<string> NamesAsync(TestCluster cluster, string bucket = "b")
    {
        using var answer = await cluster.SendAsync(HttpMethod.Get, cluster.Proxy, $"/v1/buckets/{bucket}", """{"action":"list"}""");
        var page = JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.ListObjectsResult)!;
        return string.Join(' ', (page.Entries ?? []).Select(entry => entry.Name));
    }
}
