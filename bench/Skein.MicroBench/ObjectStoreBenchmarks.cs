using BenchmarkDotNet.Attributes;
using Skein.Storage.Objects;

namespace Skein.MicroBench;

/// <summary>Cost of single operations on small objects, one at a time.</summary>
[InProcess]
[MemoryDiagnoser]
public class ObjectStoreBenchmarks
{
    private const int Together = 64;

    private readonly byte[] _content = new byte[1024];
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

    [Benchmark]
    public async Task<long> OpenRead()
    {
        using var handle = await _store.Store.OpenReadAsync(_cached, "folder/object");
        return handle!.Attributes.Size;
    }

    [Benchmark]
    public async Task<bool> StatMissing() => await _store.Store.StatAsync(_cached, "folder/missing") is null;
}
