using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Storage.Listing;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

/// <summary>A store on folders of its own, which can be stopped, killed and opened again.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly List<CrashDisk> _crashDisks = [];
    private ObjectStoreOptions? _withoutCrashes;
    private MountpathSet? _mountpaths;
    private long _clock;

    public StoreFixture(int mountpaths = 2)
    {
        Root = Path.Combine(Path.GetTempPath(), "skein-test-" + Guid.NewGuid().ToString("N"));
        Paths = [.. Enumerable.Range(1, mountpaths).Select(i => (Path.Combine(Root, $"mp{i}"), ""))];
    }

    public string Root { get; }

    public List<(string Path, string Label)> Paths { get; }

    public ObjectStoreOptions Options { get; set; } = new() { BootId = "boot-1", IntentLogLimit = 4096 };

    /// <summary>True to remember the mountpaths and their states over restarts.</summary>
    public bool Remembers { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string StateFile => Path.Combine(Root, "state");

    public ObjectStore Store { get; private set; } = null!;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<StoreFixture> OpenAsync(
        int mountpaths = 2, ObjectStoreOptions? options = null, bool remembers = false)
    {
        var fixture = new StoreFixture(mountpaths) { Remembers = remembers };
        fixture.Options = options ?? fixture.Options;
        await fixture.StartAsync();
        return fixture;
    }

    public static BucketRef Bucket(
        string name = "b", ulong id = 1, string checksum = ChecksumTypes.XxHash, bool versioning = true,
        DurabilityPolicy durability = DurabilityPolicy.PageCache, BucketNamespace? ns = null) => new(
            new BucketName(name, Providers.Ais, ns ?? BucketNamespace.Global), id, checksum, versioning, durability);

    public async Task StartAsync(bool waitForIndex = true)
    {
        Directory.CreateDirectory(Root);
        _mountpaths = MountpathSet.Open(
            Paths,
            new MountpathOptions { NodeId = "t1", CreateMissing = true, StateFile = Remembers ? StateFile : null },
            NullLogger.Instance);
        Store = await ObjectStore.OpenAsync(_mountpaths, Options, Time, NullLogger.Instance, Cancel);
        if (waitForIndex)
        {
            await Store.ListingReady.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        }
    }

    public async Task StopAsync()
    {
        await Store.DisposeAsync();
        _mountpaths!.Dispose();
        Store = null!;
    }

    public async Task KillAsync()
    {
        await Store.KillAsync();
        _mountpaths!.Dispose();
    }

    /// <summary>Opens the store on disks that stop by the plan.</summary>
    public Task StartAsync(CrashPlan plan)
    {
        _withoutCrashes = Options;
        Options = Options with
        {
            FaultPoint = plan.Step,
            WrapDisk = real =>
            {
                _crashDisks.Add(new CrashDisk(real, plan, Path.Combine(Root, $"vault{_crashDisks.Count}")));
                return _crashDisks[^1];
            },
        };
        return StartAsync();
    }

    /// <summary>Opens it again after the stop, on disks that work; after a loss of power the machine has started anew.</summary>
    public async Task StartAfterCrashAsync(bool powerLoss)
    {
        await KillAsync();
        if (powerLoss)
        {
            _crashDisks.ForEach(disk => disk.LosePower());
        }
        Options = _withoutCrashes! with { BootId = powerLoss ? "boot-2" : _withoutCrashes.BootId };
        await StartAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public WriteStamp NextStamp() => new(1, Interlocked.Increment(ref _clock));

    public Task<ObjectAttributes> PutAsync(BucketRef bucket, string name, string content) =>
        PutAsync(bucket, name, Encoding.UTF8.GetBytes(content));

    public Task<ObjectAttributes> PutAsync(BucketRef bucket, string name, string content, WriteStamp stamp) =>
        PutAsync(bucket, name, Encoding.UTF8.GetBytes(content), new WriteCommit { Stamp = stamp });

    public async Task<ObjectAttributes> PutAsync(
        BucketRef bucket, string name, ReadOnlyMemory<byte> content, WriteCommit? commit = null)
    {
        await using var writer = await Store.BeginWriteAsync(
            bucket, name, content.Length, commit?.Expected?.Type, Cancel);
        await writer.WriteAsync(content, Cancel);
        return await writer.CommitAsync(commit ?? new WriteCommit { Stamp = NextStamp() }, Cancel);
    }

    public async Task<string?> GetAsync(BucketRef bucket, string name)
    {
        using var handle = await Store.OpenReadAsync(bucket, name, Cancel);
        return handle is null ? null : Encoding.UTF8.GetString(ReadAll(handle));
    }

    public static byte[] ReadAll(ObjectHandle handle)
    {
        var bytes = new byte[handle.Attributes.Size];
        var done = 0;
        while (done < bytes.Length)
        {
            var more = RandomAccess.Read(handle.File, bytes.AsSpan(done), done);
            Assert.NotEqual(0, more);
            done += more;
        }
        return bytes;
    }

    /// <summary>All names of a bucket, page by page.</summary>
    public async Task<List<string>> NamesAsync(BucketRef bucket, ListQuery? query = null)
    {
        var names = new List<string>();
        query ??= new ListQuery();
        while (true)
        {
            var page = await Store.ListAsync(bucket, query, Cancel);
            names.AddRange(page.Entries.Select(e => e.SortKey));
            if (page.NextToken.Length == 0)
            {
                return names;
            }
            query = query with { StartAfter = page.NextToken };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await StopAsync();
        }
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
