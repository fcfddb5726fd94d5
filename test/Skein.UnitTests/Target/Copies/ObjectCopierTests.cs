using System.Net;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Storage.Objects;
using Skein.Target.Buckets;
using Skein.Target.Copies;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Copies;

public sealed class ObjectCopierTests
{
    private const int Names = 12;

    [Fact]
    public async Task CopiesGoToWhoeverOwnsTheirNames()
    {
        await using var cluster = await StartAsync();
        var owners = new HashSet<bool>();
        for (var i = 0; i < Names; i++)
        {
            var result = await CopyAsync(cluster, $"copy/{i} ä", "to");
            Assert.Equal(7, result.Bytes);
            Assert.True(result.IsWritten);
            owners.Add(result.IsLocal);
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/to/copy/{i}%20%C3%A4");
            Assert.Equal(HttpStatusCode.OK, get.StatusCode);
            Assert.Equal("content", await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
            Assert.Equal("k=v", get.Header("Ais-Custom-Md"));
            Assert.Equal("1", get.Header("Ais-Version"));
        }
        Assert.Equal(2, owners.Count);
    }

    [Fact]
    public async Task WhatIsThereAlreadyIsNotWrittenAgain()
    {
        await using var cluster = await StartAsync();
        for (var i = 0; i < Names; i++)
        {
            Assert.True((await CopyAsync(cluster, $"c{i}", "to")).IsWritten);
            Assert.False((await CopyAsync(cluster, $"c{i}", "to")).IsWritten);
            using var head = await cluster.FollowAsync(HttpMethod.Head, $"/v1/objects/to/c{i}");
            Assert.Equal("1", head.Header("Ais-Version"));
        }
    }

    [Fact]
    public async Task OtherCustomMetadataAreAnotherObject()
    {
        await using var cluster = await StartAsync();
        for (var i = 0; i < Names; i++)
        {
            (await cluster.FollowAsync(HttpMethod.Put, $"/v1/objects/to/c{i}", "content")).Dispose();
            Assert.True((await CopyAsync(cluster, $"c{i}", "to")).IsWritten);
            using var head = await cluster.FollowAsync(HttpMethod.Head, $"/v1/objects/to/c{i}");
            Assert.Equal("2", head.Header("Ais-Version"));
            Assert.Equal("k=v", head.Header("Ais-Custom-Md"));
        }
    }

    [Fact]
    public async Task ALargeObjectIsAskedForFirst()
    {
        await using var cluster = await StartAsync();
        var large = new string('x', (int)ObjectCopier.AskFrom + 5);
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/from/o", large)).Dispose();
        for (var i = 0; i < Names; i++)
        {
            Assert.True((await CopyAsync(cluster, $"c{i}", "to")).IsWritten);
            var again = await CopyAsync(cluster, $"c{i}", "to");
            Assert.False(again.IsWritten);
            Assert.Equal(large.Length, again.Bytes);
            using var get = await cluster.FollowAsync(HttpMethod.Get, $"/v1/objects/to/c{i}");
            Assert.Equal(large, await get.Content.ReadAsStringAsync(StoreFixture.Cancel));
        }
    }

    [Fact]
    public async Task TheDestinationBucketsChecksumIsItsOwn()
    {
        await using var cluster = await StartAsync();
        await cluster.CreateBucketAsync("md5", """{"checksum":{"type":"md5"}}""");
        await cluster.CreateBucketAsync("none", """{"checksum":{"type":"none"}}""");
        for (var i = 0; i < Names; i++)
        {
            await CopyAsync(cluster, $"c{i}", "md5");
            await CopyAsync(cluster, $"c{i}", "none");
            using var head = await cluster.FollowAsync(HttpMethod.Head, $"/v1/objects/md5/c{i}");
            Assert.Equal("9a0364b9e99bb480dd25e1f0284c8555", head.Header("Ais-Checksum-Value"));
            using var bare = await cluster.FollowAsync(HttpMethod.Head, $"/v1/objects/none/c{i}");
            Assert.Equal("", bare.Header("Ais-Checksum-Type"));
        }
    }

    [Fact]
    public async Task OtherBytesThanThoseOfTheChecksumAreRefused()
    {
        await using var cluster = await StartAsync();
        var target = Holder(cluster);
        using var handle = await OpenAsync(cluster, target);
        var wrong = CopySource.Of(handle!) with { Checksum = new Checksum(ChecksumTypes.XxHash, "0123456789abcdef") };
        for (var i = 0; i < Names; i++)
        {
            var error = await Assert.ThrowsAsync<StoreException>(() =>
                target.Target.Copier.CopyAsync(wrong, BucketName.Ais("to"), $"c{i}", StoreFixture.Cancel));
            Assert.Equal(StoreErrorCode.BadChecksum, error.Code);
            using var head = await cluster.FollowAsync(HttpMethod.Head, $"/v1/objects/to/c{i}");
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }
    }

    [Fact]
    public async Task TheErrorOfTheOwnerComesBack()
    {
        await using var cluster = await StartAsync();
        foreach (var node in cluster.Targets)
        {
            node.Gate.Refusal = "not now";
        }
        for (var i = 0; i < Names; i++)
        {
            var error = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(cluster, $"c{i}", "to"));
            Assert.Equal(StoreErrorCode.NotReady, error.Code);
            Assert.Equal("not now", error.Message);
        }
        foreach (var node in cluster.Targets)
        {
            node.Gate.Refusal = "";
            node.Gate.Objection = "lost";
        }
        for (var i = 0; i < Names; i++)
        {
            var error = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(cluster, $"c{i}", "to"));
            Assert.Equal(StoreErrorCode.NotReady, error.Code);
        }
    }

    [Fact]
    public async Task ATargetThatIsAwayIsUnreachable()
    {
        await using var cluster = await StartAsync();
        var target = Holder(cluster);
        foreach (var node in cluster.Targets.Where(node => node != target))
        {
            await node.StopServerAsync();
        }
        var name = Enumerable.Range(0, 100).Select(i => $"c{i}").First(name => cluster.Proxy.Metadata.Current.Document.Map
            .Owner(HrwDigest.OfObject(BucketName.Ais("to").Uname, name))!.Id != target.Info.Id);
        var error = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(cluster, name, "to"));
        Assert.Equal(StoreErrorCode.Unreachable, error.Code);
    }

    [Fact]
    public async Task MissingSourceBucketAndBadNameAreToldApart()
    {
        await using var cluster = await StartAsync();
        var target = Holder(cluster);
        var from = Bucket(cluster, "from");
        Assert.Null(await target.Target.Copier.CopyAsync(from, "none", BucketName.Ais("to"), "c", StoreFixture.Cancel));
        var error = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(cluster, "c", "nowhere"));
        Assert.Equal(StoreErrorCode.BucketNotFound, error.Code);
        error = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(cluster, "../c", "to"));
        Assert.Equal(StoreErrorCode.InvalidObjectName, error.Code);
    }

    [Fact]
    public async Task ACopyThatWouldNotGetHomeIsRefused()
    {
        await using var cluster = await StartAsync();
        var remote = new BucketName("r", "aws", BucketNamespace.Global);
        cluster.Documents.Change(document => document with
        {
            Buckets = document.Buckets with
            {
                Buckets = document.Buckets.Buckets.Add(remote, document.Buckets.Find(BucketName.Ais("to"))!),
            },
        });
        var target = Holder(cluster);
        using var handle = await OpenAsync(cluster, target);
        var error = await Assert.ThrowsAsync<StoreException>(() =>
            target.Target.Copier.CopyAsync(CopySource.Of(handle!), remote, "c", StoreFixture.Cancel));
        Assert.Equal(StoreErrorCode.NotImplemented, error.Code);
        foreach (var (method, path, body) in new (HttpMethod, string, string?)[]
            {
                (HttpMethod.Put, "/v1/objects/r/o?provider=aws&append_type=append&append_handle=", "x"),
                (HttpMethod.Put, "/v1/objects/r/o?provider=aws&object_to=ais/@%23/to/x", null),
                (HttpMethod.Put, "/v1/objects/from/o?object_to=aws/@%23/r/x", null),
                (HttpMethod.Post, "/v1/objects/r/o?provider=aws", """{"action":"mpt-upload"}"""),
                (HttpMethod.Post, "/v1/objects/r/o?provider=aws", """{"action":"rename-obj","name":"x"}"""),
                (HttpMethod.Post, "/v1/objects/r?provider=aws", """{"action":"promote","name":"/tmp"}"""),
            })
        {
            using var answer = await cluster.FollowAsync(method, path, body);
            Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        }
    }

    [Fact]
    public async Task ACopyIsForNodesOnly()
    {
        await using var cluster = await StartAsync();
        using var onPublic = await cluster.SendAsync(HttpMethod.Post, cluster.Targets[0], "/v1/copies/store", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, onPublic.StatusCode);
        using var stranger = await cluster.SendAsync(
            HttpMethod.Post, cluster.Targets[0].Info.DataNet.Url, "/v1/copies/store", "{}", ("Ais-Caller-Id", "who"));
        Assert.Equal(HttpStatusCode.BadRequest, stranger.StatusCode);
        var caller = ("Ais-Caller-Id", cluster.Targets[1].Info.Id);
        foreach (var body in (string[])["", "abc", "\0\0\0\0", "\u0001\0\0\0x", "\u0009\0\0\0{}"])
        {
            using var answer = await cluster.SendAsync(
                HttpMethod.Post, cluster.Targets[0].Info.DataNet.Url, "/v1/copies/store", body, caller);
            Assert.True((int)answer.StatusCode is 400 or 500, $"{answer.StatusCode}");
        }
    }

    private static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync(targets: 3);
        await cluster.CreateBucketAsync("from");
        await cluster.CreateBucketAsync("to");
        (await cluster.FollowAsync(HttpMethod.Put, "/v1/objects/from/o", "content", ("Ais-Custom-Md", "k=v"))).Dispose();
        return cluster;
    }

    private static async Task<CopyResult> CopyAsync(TestCluster cluster, string name, string bucket)
    {
        var result = await Holder(cluster).Target.Copier.CopyAsync(
            Bucket(cluster, "from"), "o", BucketName.Ais(bucket), name, StoreFixture.Cancel);
        return result ?? throw new InvalidOperationException("the object is gone");
    }

    private static async Task<ObjectHandle?> OpenAsync(TestCluster cluster, TestNode target) =>
        await target.Disks.Store.OpenReadAsync(Bucket(cluster, "from"), "o", StoreFixture.Cancel);

    private static TestNode Holder(TestCluster cluster)
    {
        var owner = cluster.Proxy.Metadata.Current.Document.Map
            .Owner(HrwDigest.OfObject(BucketName.Ais("from").Uname, "o"))!.Id;
        return cluster.Targets.Single(target => target.Info.Id == owner);
    }

    private static BucketRef Bucket(TestCluster cluster, string name) => new BucketReferences().Of(
        BucketName.Ais(name), cluster.Proxy.Metadata.Current.Document.Buckets.Find(BucketName.Ais(name))!);
}
