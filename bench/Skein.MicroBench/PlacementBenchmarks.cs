using BenchmarkDotNet.Attributes;
using Skein.Core.Placement;

namespace Skein.MicroBench;

/// <summary>Cost of choosing an owner.</summary>
[InProcess]
[MemoryDiagnoser]
public class PlacementBenchmarks
{
    private ulong[] _candidates = [];

    [Params(3, 16, 256)]
    public int Candidates { get; set; }

    [GlobalSetup]
    public void Setup() =>
        _candidates = [.. Enumerable.Range(0, Candidates).Select(i => HrwDigest.OfText($"target{i}"))];

    [Benchmark]
    public int DigestAndChoose() =>
        Hrw.Choose(HrwDigest.OfObject("ais/@#/bucket", "some/folder/object-000123"), _candidates);
}
