using System.Buffers;
using BenchmarkDotNet.Attributes;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Ports;

namespace Skein.MicroBench;

/// <summary>Cost of a page of 1,000 names on the wire, as targets send it to proxies.</summary>
[InProcess]
[MemoryDiagnoser]
public class MessagePackBenchmarks
{
    private const int Entries = 1000;

    private readonly ObjectPage _page = new(
        [
            .. Enumerable.Range(0, Entries).Select(i => new ObjectPageEntry(
                new ListEntry { Name = $"folder-{i / 100:D3}/object-{i:D8}", Flags = ListEntry.PresentFlag },
                new WriteStamp(17, 117_662_148_315_152_384 + i))),
        ],
        "next", 0);

    private readonly ArrayBufferWriter<byte> _output = new();
    private byte[] _bytes = [];

    [GlobalSetup]
    public void Setup()
    {
        Write();
        _bytes = _output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int Write()
    {
        _output.ResetWrittenCount();
        ListObjectsMsgpack.Write(_output, "id", _page, withStamps: true);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int Read() => ListObjectsMsgpack.Read(_bytes).Entries.Count;
}
