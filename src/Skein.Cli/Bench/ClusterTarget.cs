using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Globalization;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Bench;

/// <summary>Does the operations of a benchmark to a bucket, by the same client that programs use.</summary>
/// <param name="client">The client.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="prefix">What the names of this run begin with.</param>
/// <param name="plan">What is done.</param>
internal sealed class ClusterTarget(SkeinClient client, BucketName bucket, string prefix, BenchPlan plan) : IBenchTarget
{
    /// <summary>Files in each archive that is stored beforehand.</summary>
    public const int FilesInArchive = 100;

    /// <summary>Largest object or file that is held in memory to be sent, in bytes.</summary>
    public const int MaxContent = 1 << 30;

    private const int PageSize = 1000;
    private const int BufferSize = 128 << 10;

    private static readonly PutOptions Put = new();
    private readonly byte[] _content = Content(plan);
    private readonly ConcurrentQueue<string> _deletable = new();
    private long _stored;

    /// <summary>How many objects have to be stored beforehand, by all processes together.</summary>
    public static int Prepared(BenchPlan plan) => plan.Mix.Operations.Any(NeedsObjects) ? plan.Objects : 0;

    /// <summary>How many objects each process has to store to delete them.</summary>
    public static int PreparedDeletable(BenchPlan plan) => plan.Mix.Operations.Contains(BenchOperation.Delete)
        ? (plan.Objects + plan.Processes - 1) / plan.Processes
        : 0;

    /// <summary>How many archives.</summary>
    public static int PreparedArchives(BenchPlan plan) => plan.Mix.Operations.Contains(BenchOperation.Archive)
        ? (plan.Objects + FilesInArchive - 1) / FilesInArchive
        : 0;

    /// <summary>Stores one of the objects to be read or deleted.</summary>
    public async Task<long> PrepareAsync(int index, CancellationToken cancellation)
    {
        var size = plan.Sizes.Next(new Random(HashCode.Combine(plan.Seed, index)));
        await PutAsync(PreparedName(index), size, cancellation);
        return size;
    }

    /// <summary>Stores one of the archives to be read.</summary>
    public async Task<long> PrepareArchiveAsync(int index, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, leaveOpen: true))
        {
            for (var file = 0; file < FilesInArchive; file++)
            {
                var size = (int)plan.Sizes.Next(new Random(HashCode.Combine(plan.Seed, index, file)));
                var entry = new PaxTarEntry(TarEntryType.RegularFile, FileName(file))
                {
                    DataStream = new MemoryStream(_content, 0, size, writable: false),
                };
                await writer.WriteEntryAsync(entry, cancellation);
            }
        }
        await client.Objects.PutAsync(
            bucket, ArchiveName(index), ObjectSource.FromBytes(bytes.ToArray()), Put, cancellation);
        return bytes.Length;
    }

    /// <summary>Stores one of the objects that this process is to delete.</summary>
    public async Task<long> PrepareDeletableAsync(int index, CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}short/{plan.Part}-{index:00000000}");
        var size = plan.Sizes.Next(new Random(HashCode.Combine(plan.Seed, plan.Part, index)));
        await PutAsync(name, size, cancellation);
        _deletable.Enqueue(name);
        return size;
    }

    /// <inheritdoc/>
    public async Task<BenchDone?> DoAsync(BenchOperation operation, Random random, CancellationToken cancellation)
    {
        if (operation != BenchOperation.Delete)
        {
            return new(operation, await MoveAsync(operation, random, cancellation));
        }
        if (_deletable.TryDequeue(out var name))
        {
            await client.Objects.DeleteAsync(bucket, name, cancellation);
            return new(operation, 0);
        }
        // In a mix that stores, the next ones to delete come from there.
        return plan.Mix.Operations.Contains(BenchOperation.Put)
            ? new(BenchOperation.Put, await StoreAsync(random, cancellation))
            : null;
    }

    private async Task<long> MoveAsync(BenchOperation operation, Random random, CancellationToken cancellation)
    {
        switch (operation)
        {
            case BenchOperation.Put:
                return await StoreAsync(random, cancellation);
            case BenchOperation.Get:
                return await ReadAsync(
                    await client.Objects.GetAsync(bucket, AnyName(random), GetOptions.Default, cancellation), cancellation);
            case BenchOperation.Range:
                return await ReadAsync(
                    await client.Objects.GetAsync(
                        bucket, AnyName(random), new GetOptions { Length = plan.RangeLength }, cancellation),
                    cancellation);
            case BenchOperation.Stat:
                return await client.Objects.HeadAsync(bucket, AnyName(random), cancellation) is null
                    ? throw new SkeinException("an object that was stored is not there")
                    : 0;
            case BenchOperation.List:
                return await ListAsync(random, cancellation);
            default:
                return await ReadAsync(
                    await client.Archives.GetFileAsync(
                        bucket,
                        ArchiveName(random.Next(PreparedArchives(plan))),
                        FileName(random.Next(FilesInArchive)),
                        cancellation: cancellation),
                    cancellation);
        }
    }

    private static bool NeedsObjects(BenchOperation operation) => operation
        is BenchOperation.Get or BenchOperation.Range or BenchOperation.Stat or BenchOperation.List;

    private static byte[] Content(BenchPlan plan)
    {
        if (plan.Sizes.Largest > MaxContent)
        {
            throw new CliException($"--size: at most {MaxContent >> 20}MiB, since objects are sent from memory");
        }
        var content = new byte[plan.Sizes.Largest];
        new Random(plan.Seed).NextBytes(content);
        return content;
    }

    private static string FileName(int file) => string.Create(CultureInfo.InvariantCulture, $"file-{file:000}.bin");

    private async Task<long> StoreAsync(Random random, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _stored);
        var name = string.Create(CultureInfo.InvariantCulture, $"{prefix}new/{plan.Part}-{number:00000000}");
        var size = plan.Sizes.Next(random);
        await PutAsync(name, size, cancellation);
        if (plan.Mix.Operations.Contains(BenchOperation.Delete))
        {
            _deletable.Enqueue(name);
        }
        return size;
    }

    private async Task<long> ListAsync(Random random, CancellationToken cancellation)
    {
        var message = new ListObjectsMessage
        {
            Prefix = prefix,
            PageSize = PageSize,
            Props = "name,size",
            StartAfter = AnyName(random),
        };
        return (await client.Buckets.ListPageAsync(bucket, message, cancellation)).Entries?.Count ?? 0;
    }

    private async Task PutAsync(string name, long size, CancellationToken cancellation) => await client.Objects.PutAsync(
        bucket, name, ObjectSource.FromBytes(_content.AsMemory(0, (int)size)), Put, cancellation);

    private static async Task<long> ReadAsync(ObjectDownload download, CancellationToken cancellation)
    {
        await using (download)
        {
            var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                long total = 0;
                while (await download.Content.ReadAsync(buffer, cancellation) is > 0 and var read)
                {
                    total += read;
                }
                return total;
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private string AnyName(Random random) => PreparedName(random.Next(plan.Objects));

    private string PreparedName(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}old/{index:00000000}");

    private string ArchiveName(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}shards/{index:000000}.tar");
}
