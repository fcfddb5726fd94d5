using BenchmarkDotNet.Attributes;
using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.MicroBench;

/// <summary>Cost of the header that is stored beside each object.</summary>
[InProcess]
[MemoryDiagnoser]
public class HeaderBenchmarks
{
    private const ulong BucketId = 1;

    private readonly ObjectAttributes _attributes = new()
    {
        Size = 10_240,
        Checksum = ChecksumCalculator.Compute(ChecksumTypes.XxHash, new byte[64]),
        Version = "1",
        AccessTime = 1_795_381_291_554_938_455,
        Stamp = new WriteStamp(17, 117_662_148_315_152_384),
    };

    private byte[] _bytes = [];

    [GlobalSetup]
    public void Setup() => _bytes = Write();

    [Benchmark]
    public byte[] Write() => ObjectAttributesCodec.Encode(_attributes, BucketId);

    [Benchmark]
    public long Read() => ObjectAttributesCodec.Decode(_bytes, BucketId)!.Size;
}
