using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Target.Jobs;
using Skein.TestKit;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Proxy;

/// <summary>Renaming of buckets: <c>move-bck</c>.</summary>
public sealed class RenameTests
{
    private const string ToC = "?bck_to=ais/@%23/c/";

    [Fact]
    public async Task TheObjectsGetTheNewNameAndTheOldBucketGoes()
    {
        await using var cluster = await BucketJobTests.FilledAsync(3);
        var id = await BucketJobTests.StartAsync(cluster, HttpMethod.Post, "move-bck", "null", query: ToC);
        var snaps = await BucketJobTests.WaitAsync(cluster, id, snap => !snap.IsRunning);
        Assert.All(snaps, snap => Assert.Equal(("", "b", "c"), (snap.Error, snap.Source.Name, snap.Destination.Name)));
        Assert.Equal("o-0 o-1 o-2 o-3 p/x q", await BucketJobTests.NamesAsync(cluster, "c"));
        var (name, props) = Assert.Single(cluster.Proxy.Metadata.Current.Document.Buckets.Buckets);
        Assert.Equal(("c", ""), (name.Name, props.Renamed));
        using var old = await cluster.SendAsync(HttpMethod.Head, cluster.Proxy, "/v1/buckets/b");
        Assert.Equal(404, (int)old.StatusCode);
    }

    [Theory]
    [InlineData("b", "", 400, null, "missing \"bck_to\" query parameter")]
    [InlineData("b", "?bck_to=ais/@%23/b/", 400, null, "cannot rename bucket \"ais://b\" to itself")]
    [InlineData("b", "?bck_to=ais/@%23/taken/", 400, "ErrBucketAlreadyExists", "bucket \"ais://taken\" already exists")]
    [InlineData("nosuch", ToC, 404, "ErrBckNotFound", "bucket \"ais://nosuch\" does not exist")]
    [InlineData("moving", ToC, 400, "ErrLimitedCoexistence", "bucket ais://moving is being renamed already")]
    public async Task AWrongRenameChangesNothing(string bucket, string query, int status, string? type, string message)
    {
        await using var cluster = await BucketJobTests.FilledAsync(1);
        await cluster.CreateBucketAsync("taken");
        await cluster.CreateBucketAsync("moving");
        cluster.Documents.Change(document => new BeginRename(
            BucketName.Ais("moving"), BucketName.Ais("moved"), "nosuchjob", 1).Apply(document));
        using var answer = await BucketJobTests.SendAsync(cluster, HttpMethod.Post, bucket, "move-bck", "null", query);
        Assert.Equal(status, (int)answer.StatusCode);
        var error = JsonSerializer.Deserialize(
            await answer.Content.ReadAsStringAsync(StoreFixture.Cancel), WireJsonContext.Default.WireError)!;
        Assert.Equal((type, message), (error.TypeCode, error.Message));
        Assert.Equal("", cluster.Proxy.Metadata.Current.Document.Buckets.Find(BucketName.Ais("b"))!.Renamed);
        Assert.Null(cluster.Proxy.Metadata.Current.Document.Buckets.Find(BucketName.Ais("c")));
    }

    [Fact]
    public async Task NeitherBucketTakesWritesMeanwhileAndBothCanBeRead()
    {
        await using var cluster = await BucketJobTests.FilledAsync(2);
        cluster.Documents.Change(document => new BeginRename(
            BucketName.Ais("b"), BucketName.Ais("c"), "nosuchjob", 1).Apply(document));
        foreach (var (verb, path) in ((HttpMethod, string)[])[
            (HttpMethod.Put, "/v1/objects/b/new"), (HttpMethod.Put, "/v1/objects/c/new"), (HttpMethod.Delete, "/v1/objects/b/q")])
        {
            using var refused = await cluster.FollowAsync(verb, path, verb == HttpMethod.Put ? "x" : null);
            Assert.Equal(409, (int)refused.StatusCode);
        }
        using var destroy = await BucketJobTests.SendAsync(cluster, HttpMethod.Delete, "b", "destroy-bck", "null");
        Assert.Equal(409, (int)destroy.StatusCode);
        using var read = await cluster.FollowAsync(HttpMethod.Get, "/v1/objects/b/q");
        Assert.Equal(200, (int)read.StatusCode);
    }

    [Fact]
    public async Task WhatCannotBeStartedIsTakenBack()
    {
        await using var cluster = await BucketJobTests.FilledAsync(2);
        await cluster.Targets[1].StopServerAsync();
        using var answer = await BucketJobTests.SendAsync(cluster, HttpMethod.Post, "b", "move-bck", "null", ToC);
        Assert.Equal(503, (int)answer.StatusCode);
        var (name, props) = Assert.Single(cluster.Proxy.Metadata.Current.Document.Buckets.Buckets);
        Assert.Equal(("b", ""), (name.Name, props.Renamed));
    }

    [Fact]
    public async Task AJobThatWasStoppedLeavesBothBuckets()
    {
        await using var cluster = await BucketJobTests.FilledAsync(2);
        foreach (var target in cluster.Targets)
        {
            target.Jobs!.Begin(
                new JobDescription(JobKinds.Find("move-bck")!, "MovedJob1"), out _).Abort("stop");
            target.Jobs.FindRunning(JobKinds.Find("move-bck")!, "MovedJob1")!.End();
        }
        cluster.Documents.Change(document => new BeginRename(
            BucketName.Ais("b"), BucketName.Ais("c"), "MovedJob1", 1).Apply(document));
        await Poll.UntilAsync(() => Task.FromResult(
            cluster.Proxy.Metadata.Current.Document.Buckets.Buckets.Values.All(props => props.Renamed.Length == 0)
                ? null
                : "is being renamed"));
        Assert.Equal(2, cluster.Proxy.Metadata.Current.Document.Buckets.Buckets.Count);
    }
}
