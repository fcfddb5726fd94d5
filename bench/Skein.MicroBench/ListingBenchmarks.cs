using BenchmarkDotNet.Attributes;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.MicroBench;

/// <summary>Cost of a page of 1,000 entries out of 20,000, over two mountpaths.</summary>
[InProcess]
[MemoryDiagnoser]
public class ListingBenchmarks
{
    private const int Objects = 20_000;

    private readonly BucketRef _bucket = TemporaryStore.Bucket(DurabilityPolicy.PageCache);
    private TemporaryStore _store = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _store = await TemporaryStore.OpenAsync();
        for (var i = 0; i < Objects; i++)
        {
            await _store.PutAsync(_bucket, $"folder{i % 100:d2}/object-{i:d6}", default);
        }
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _store.DisposeAsync();

    [Benchmark]
    public Task<int> PageOfNames() => PageAsync(new ListQuery { StartAfter = "folder50", Fields = ListFields.None });

    [Benchmark]
    public Task<int> PageOfEverything() => PageAsync(new ListQuery { StartAfter = "folder50" });

    [Benchmark]
    public Task<int> Folders() => PageAsync(new ListQuery { NonRecursive = true });

    private async Task<int> PageAsync(ListQuery query) =>
        (await _store.Store.ListAsync(_bucket, query)).Entries.Count;
}
