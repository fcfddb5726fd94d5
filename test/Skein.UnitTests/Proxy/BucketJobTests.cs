using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Placement;
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
    [InlineData("null", "o-0 o-1 o-2 o-3 p/x q")]
    [InlineData("""{"prefix":"o-","prepend":"new/"}""", "new/o-0 new/o-1 new/o-2 new/o-3")]
    [InlineData("""{"prefix":"p/","num-workers":-1}""", "p/x")]
    [InlineData("""{"prefix":"","non-recurs":true}""", "o-0 o-1 o-2 o-3 q")]
    public async Task ABucketIsCopiedToOneThatIsCreated(string value, string names)
    {
        await using var cluster = await FilledAsync(3);
        var id = await StartAsync(cluster, HttpMethod.Post, "copy-bck", value, query: "?bck_to=ais%2F%40%23%2Fc%2F");
        var snaps = await WaitAsync(cluster, id, snap => !snap.IsRunning);
        Assert.All(snaps, snap => Assert.Equal(
            ("b", "c", "", "copy-bck"), (snap.Source.Name, snap.Destination.Name, snap.Error, snap.Kind)));
        Assert.Equal(names, await NamesAsync(cluster, "c"));
        Assert.Equal(names.Split(' ').Length, snaps.Sum(snap => snap.Stats.LocalObjects));
        Assert.Equal("o-0 o-1 o-2 o-3 p/x q", await NamesAsync(cluster));
        var first = names.Split(' ')[0];
        using var copy = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/c/{first}");
        Assert.Equal(
            "content of " + first.Replace("new/", "", StringComparison.Ordinal),
            await copy.Content.ReadAsStringAsync(StoreFixture.Cancel));
    }

    [Fact]
    public async Task EndingsOfNamesBecomeOthers()
    {
        await using var cluster = await FilledAsync(2);
        using (var put = await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/b/i.jpeg", "x"))
        {
            Assert.Equal(200, (int)put.StatusCode);
        }
        var id = await StartAsync(
            cluster, HttpMethod.Post, "copy-bck", """{"prefix":"i.","ext":{"jpeg":"txt"}}""", query: "?bck_to=ais/@%23/c");
        await WaitAsync(cluster, id, snap => !snap.IsRunning);
        Assert.Equal("i.txt", await NamesAsync(cluster, "c"));
    }

    [Fact]
    public async Task ADryRunCountsAndMakesNoBucket()
    {
        await using var cluster = await FilledAsync(2);
        var id = await StartAsync(
            cluster, HttpMethod.Post, "copy-bck", """{"dry_run":true}""", query: "?bck_to=ais/@%23/c");
        var snaps = await WaitAsync(cluster, id, snap => !snap.IsRunning);
        Assert.Equal(6, snaps.Sum(snap => snap.Stats.LocalObjects));
        Assert.Equal(82, snaps.Sum(snap => snap.Stats.LocalBytes));
        Assert.DoesNotContain(cluster.Proxy.Metadata.Current.Document.Buckets.Buckets.Keys, bucket => bucket.Name == "c");
    }

    [Theory]
    [InlineData("""{"objnames":["o-1","p/x"],"tobck":{"name":"c","provider":"ais"},"prepend":"z-"}""", "z-o-1 z-p/x")]
    [InlineData("""{"template":"o-{1..2}","tobck":{"name":"c"}}""", "o-1 o-2")]
    [InlineData("""{"template":"o-{1..7}","tobck":{"name":"c"}}""", "o-1 o-2 o-3")]
    [InlineData("""{"tobck":{"name":"c"}}""", "o-0 o-1 o-2 o-3 p/x q")]
    public async Task NamedObjectsAreCopied(string value, string names)
    {
        await using var cluster = await FilledAsync(3);
        var id = await StartAsync(cluster, HttpMethod.Post, "copy-listrange", value);
        var snaps = await WaitAsync(cluster, id, snap => snap.IsIdle);
        Assert.Equal(names, await NamesAsync(cluster, "c"));
        Assert.All(snaps, snap => Assert.Equal("", snap.Error));
        Assert.Equal(names.Split(' ').Length, snaps.Sum(snap => snap.Stats.LocalObjects));
    }

    [Fact]
    public async Task AListedNameWithoutAnObjectIsAnErrorOfTheCopy()
    {
        await using var cluster = await FilledAsync(1);
        var id = await StartAsync(
            cluster, HttpMethod.Post, "copy-listrange", """{"objnames":["o-1","nosuch"],"tobck":{"name":"c"}}""");
        var snaps = await WaitAsync(cluster, id, snap => snap.IsIdle);
        Assert.Equal("ais://b/nosuch: ais://b/nosuch does not exist", snaps[0].Error);
        Assert.Equal("o-1", await NamesAsync(cluster, "c"));
    }

    [Theory]
    [InlineData("copy-bck", "null", "", 400, "missing \"bck_to\" query parameter")]
    [InlineData("copy-bck", "null", "?bck_to=c", 400, "bucket name is missing")]
    [InlineData("copy-bck", "null", "?bck_to=ais/@%23/b/", 400, "cannot copy bucket \"ais://b\" onto itself")]
    [InlineData("copy-bck", """{"synchronize":true,"ext":{"a":"b"}}""", "?bck_to=ais/@%23/c/", 400, "\"synchronize\" goes not with")]
    [InlineData("copy-bck", """{"prefix":"../x"}""", "?bck_to=ais/@%23/c/", 400, "invalid prefix")]
    [InlineData("copy-bck", """{"prefix":7}""", "?bck_to=ais/@%23/c/", 400, "failed to unmarshal [*apc.TCBMsg]")]
    [InlineData("copy-listrange", """{"objnames":["o-1"]}""", "", 400, "bucket name is missing")]
    [InlineData("copy-listrange", """{"template":"o-{3..1}","tobck":{"name":"c"}}""", "", 400, "invalid 'bash' template")]
    [InlineData("copy-listrange", "null", "", 400, "bucket name is missing")]
    public async Task AWrongCopyStartsNothingAndMakesNoBucket(
        string action, string value, string query, int status, string message)
    {
        await using var cluster = await FilledAsync(1);
        using var answer = await SendAsync(cluster, HttpMethod.Post, "b", action, value, query);
        Assert.Equal(status, (int)answer.StatusCode);
        var error = JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.WireError)!;
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Targets[0].Jobs!.Snapshots(new JobMessage()));
        Assert.Single(cluster.Proxy.Metadata.Current.Document.Buckets.Buckets);
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

    [Fact]
    public async Task ADestinationThatStaysDeadIsAnErrorWithTheNamesOfItsObjects()
    {
        await using var cluster = await FilledAsync(2);
        await cluster.CreateBucketAsync("c");
        var (alive, dead) = (cluster.Targets[0], cluster.Targets[1]);
        // Names of one target only, and among them some whose copies belong to the other one.
        var map = cluster.Proxy.Metadata.Current.Document.Map;
        string OwnerOf(string bucket, string name) =>
            map.Owner(HrwDigest.OfObject(BucketName.Ais(bucket).Uname, name))!.Id;
        string[] names = [.. Enumerable.Range(0, 400).Select(i => $"n-{i}")
            .Where(name => OwnerOf("b", name) == alive.Info.Id).Take(40)];
        foreach (var name in names)
        {
            using var put = await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/b/{name}", "x");
            Assert.Equal(200, (int)put.StatusCode);
        }
        var lost = names.Count(name => OwnerOf("c", name) == dead.Info.Id);
        Assert.InRange(lost, 1, 39);
        var list = string.Join(',', names.Select(name => $"\"{name}\""));
        var id = await StartAsync(
            cluster, HttpMethod.Post, "copy-listrange", $$$"""{"objnames":[{{{list}}}],"tobck":{"name":"c"}}""");
        await dead.StopServerAsync();
        JobSnap snap = new();
        await Poll.UntilAsync(() =>
        {
            snap = alive.Jobs!.Snapshots(new JobMessage { Id = id })[0];
            return Task.FromResult(snap.IsRunning ? "runs" : null);
        });
        var errors = snap.Extra!.Value.Deserialize(WireJsonContext.Default.JobErrors)!;
        Assert.InRange(errors.Count, 1, lost + 1);
        Assert.Contains(errors.First, error => error.Object.Length == 0
            && error.Message == $"t[{dead.Info.Id}] takes part and does not answer: how far its share is done is not known");
        var ofObjects = errors.First.Where(error => error.Object.Length != 0).ToList();
        Assert.All(ofObjects, error => Assert.Contains($"t[{dead.Info.Id}]", error.Message, StringComparison.Ordinal));
        Assert.All(ofObjects, error => Assert.Equal(dead.Info.Id, OwnerOf("c", error.Object["ais://b/".Length..])));
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
