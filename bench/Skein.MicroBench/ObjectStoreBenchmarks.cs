using BenchmarkDotNet.Attributes;
using Skein.Storage.Objects;

namespace Skein.MicroBench;

/// <summary>Cost of single operations on small objects, one at a time.</summary>
[InProcess]
[MemoryDiagnoser]
public class ObjectStoreBenchmarks
{
    private const int Together = 64;

    private const int Batch = 256;

    private readonly byte[] _content = new byte[1024];
    private readonly byte[] _page = new byte[4096];
    private readonly BucketRef _cached = TemporaryStore.Bucket(DurabilityPolicy.PageCache);
    private readonly BucketRef _durable = TemporaryStore.Bucket(DurabilityPolicy.Disk);
    private TemporaryStore _store = null!;
    private long _counter;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _store = await TemporaryStore.OpenAsync();
        await _store.PutAsync(_cached, "folder/object", _content);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    [Benchmark]
    public Task PutNewPageCache() => _store.PutAsync(_cached, $"new/{_counter++}", _content);

    [Benchmark]
    public Task OverwritePageCache() => _store.PutAsync(_cached, "over/object", _content);

    [Benchmark]
    public Task PutNewDurable() => _store.PutAsync(_durable, $"durable/{_counter++}", _content);

    [Benchmark(OperationsPerInvoke = Together)]
    public Task PutNewDurableTogether() => Task.WhenAll(Enumerable.Range(0, Together).Select(
        _ => _store.PutAsync(_durable, $"together/{Interlocked.Increment(ref _counter)}", _content)));

    [Benchmark(OperationsPerInvoke = Batch)]
    public async Task PutNewDurableBatch()
    {
        var writes = new List<BatchWrite>(Batch);
        for (var i = 0; i < Batch; i++)
        {
            writes.Add(await _store.BeginAsync(_durable, $"batch/{_counter++}", _page));
        }
        var results = await _store.Store.CommitBatchAsync(writes);
        foreach (var write in writes)
        {
            await write.Writer.DisposeAsync();
        }
        if (results.Any(result => result.Error is not null))
        {
            throw new InvalidOperationException("not all were stored");
        }
    }

    [Benchmark]
    public async Task<long> OpenRead()
    {
        using var handle = await _store.Store.OpenReadAsync(_cached, "folder/object");
        return handle!.Attributes.Size;
    }

    [Benchmark]
    public async Task<bool> StatMissing() => await _store.Store.StatAsync(_cached, "folder/missing") is null;
}
