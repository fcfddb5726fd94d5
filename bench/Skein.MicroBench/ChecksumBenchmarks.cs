using BenchmarkDotNet.Attributes;
using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.MicroBench;

/// <summary>Cost of a checksum of one mebibyte, by type.</summary>
[InProcess]
public class ChecksumBenchmarks
{
    private readonly byte[] _bytes = new byte[1 << 20];

    [Params(ChecksumTypes.XxHash, ChecksumTypes.Crc32C, ChecksumTypes.Md5, ChecksumTypes.Sha256, ChecksumTypes.Sha512)]
    public string Type { get; set; } = "";

    [GlobalSetup]
    public void Setup() => new Random(1).NextBytes(_bytes);

    [Benchmark]
    public Checksum OneMebibyte() => ChecksumCalculator.Compute(Type, _bytes);
}
