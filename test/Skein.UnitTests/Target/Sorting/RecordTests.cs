using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Sorting;
using Skein.Core.Wire;
using Skein.Target.Sorting;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Sorting;

public sealed class RecordTests
{
    private static readonly SortSpec Spec = new()
    {
        Input = BucketName.Ais("b"),
        Output = BucketName.Ais("b"),
        Names = new NamesMessage(),
        OutputExtension = ".tar",
        OutputNames = NameTemplate.Parse("o-{0..3}"),
    };

    [Theory]
    [InlineData("a.b.c", ".b.c")]
    [InlineData("d.x/a", "")]
    [InlineData("d.x/a.jpg", ".jpg")]
    [InlineData(".hidden", ".hidden")]
    public void TheExtensionBeginsAtTheFirstDotOfTheLastPart(string name, string extension) =>
        Assert.Equal(extension, SortRecord.ExtensionOf(name));

    [Fact]
    public void FilesOfOneNameAreOneRecordAndTheLaterOfTwoCounts()
    {
        var collector = new RecordCollector("s.tar", 3);
        Assert.True(collector.Add(File("a.jpg", 1), null));
        Assert.True(collector.Add(File("b.jpg", 2), null));
        Assert.True(collector.Add(File("a.cls", 3), "7"));
        Assert.False(collector.Add(File("a.jpg", 4), null));
        Assert.Equal(["a.jpg", "b.jpg"], collector.Records.Select(record => record.Name));
        Assert.Equal(("7", 7L, 2), (collector.Records[0].Key, collector.Records[0].Size, collector.Records[0].Files.Count));
    }

    [Theory]
    [InlineData(SortKind.Alphanumeric, false, "a b c d")]
    [InlineData(SortKind.Alphanumeric, true, "d c b a")]
    [InlineData(SortKind.None, false, "d b a c")]
    [InlineData(SortKind.Md5, false, "a c d b")]
    public void TheOrderDoesNotDependOnWhereRecordsComeFrom(SortKind kind, bool isDecreasing, string expected)
    {
        SortRecord[] records = [Record("d", 0, 0), Record("b", 0, 1), Record("a", 1, 0), Record("c", 1, 1)];
        var spec = Spec with { Kind = kind, IsDecreasing = isDecreasing };
        Assert.Equal(expected, string.Join(' ', RecordOrder.Sort(records, spec).Select(record => record.Name)));
        Assert.Equal(expected, string.Join(' ', RecordOrder.Sort(records.Reverse(), spec).Select(record => record.Name)));
    }

    [Fact]
    public void AShuffleGoesByTheSeed()
    {
        var records = Enumerable.Range(0, 1000).Select(i => Record($"r{i:000}", i / 10, i % 10)).ToList();
        var one = RecordOrder.Sort(records, Spec with { Kind = SortKind.Shuffle, Seed = 1 });
        Assert.Equal(one, RecordOrder.Sort(Enumerable.Reverse(records), Spec with { Kind = SortKind.Shuffle, Seed = 1 }));
        Assert.NotEqual(one, RecordOrder.Sort(records, Spec with { Kind = SortKind.Shuffle, Seed = 2 }));
        Assert.Equal(1000, one.Distinct().Count());
        Assert.InRange(one.Index().Count(entry => entry.Item == records[entry.Index]), 0, 20);
    }

    [Theory]
    [InlineData(SortKeyType.Integer, "10 9 -1", "-1 9 10")]
    [InlineData(SortKeyType.Decimal, "1e1 2.5 -0.5", "-0.5 2.5 1e1")]
    [InlineData(SortKeyType.Text, "10 9 -1", "-1 10 9")]
    public void KeysCountByTheirType(SortKeyType type, string keys, string expected)
    {
        var records = keys.Split(' ').Select((key, i) => Record($"r{i}", 0, i, key));
        var sorted = RecordOrder.Sort(records, Spec with { Kind = SortKind.Content, KeyType = type });
        Assert.Equal(expected, string.Join(' ', sorted.Select(record => record.Key)));
    }

    [Theory]
    [InlineData(null, "key is missing for \"r\" of shard \"s0\"")]
    [InlineData("x", "\"x\" is not a whole number: key of \"r\" of shard \"s0\"")]
    public void AKeyThatIsMissingOrWrongIsNamed(string? key, string message)
    {
        var spec = Spec with { Kind = SortKind.Content, KeyType = SortKeyType.Integer };
        var error = Assert.Throws<StoreException>(() => RecordOrder.Sort([Record("r", 0, 0, key), Record("q", 0, 1, "1")], spec));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void ShardsAreCutAsSoonAsTheyAreLargeEnough()
    {
        var records = Enumerable.Range(0, 7).Select(i => Record($"r{i}", 0, i)).ToList();
        var shards = ShardCutter.Cut(records, Spec, 150);
        Assert.Equal(["o-0.tar", "o-1.tar", "o-2.tar", "o-3.tar"], shards.Select(shard => shard.Name));
        Assert.Equal([200L, 200, 200, 100], shards.Select(shard => shard.Size));
        Assert.Equal(records, shards.SelectMany(shard => shard.Records));
        Assert.Equal(4, ShardCutter.Cut(records, Spec, 0).Count);
        Assert.Empty(ShardCutter.Cut([], Spec, 100));
        var error = Assert.Throws<StoreException>(() => ShardCutter.Cut(records, Spec, 100));
        Assert.StartsWith(
            "number of shards to be created exceeds expected number of shards (4)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOrderFileSendsRecordsToTheirShards()
    {
        var order = new Dictionary<string, string>
        {
            ["r0.jpg"] = "x-%d",
            ["r1"] = "y-%d",
            ["r2.jpg"] = "x-%d",
            ["r3.jpg"] = "x-%d",
        };
        var missing = new List<string>();
        var records = Enumerable.Range(0, 5).Select(i => Record($"r{i}.jpg", 0, i));
        var shards = ShardCutter.CutByOrder(records, Spec, 150, order, record => missing.Add(record.Name));
        Assert.Equal(
            ["x-0.tar:r0.jpg r2.jpg", "y-0.tar:r1.jpg", "x-1.tar:r3.jpg"],
            shards.Select(shard => $"{shard.Name}:{string.Join(' ', shard.Records.Select(record => record.Name))}"));
        Assert.Equal(["r4.jpg"], missing);
        order["r3.jpg"] = "x-0";
        Assert.Contains("gives \"x-0.tar\" to 2 shards", Assert.Throws<StoreException>(
            () => ShardCutter.CutByOrder(records, Spec, 150, order, _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOrderFileIsReadInBothForms()
    {
        var malformed = new List<string>();
        using var lines = new MemoryStream("a x-%d\n\n  b y-%d  \nc\n"u8.ToArray());
        var order = await OrderFile.ReadLinesAsync(lines, " ", malformed.Add, StoreFixture.Cancel);
        Assert.Equal([("a", "x-%d"), ("b", "y-%d")], order.Select(entry => (entry.Key, entry.Value)));
        Assert.Equal(["malformed line (3) in external key map: c"], malformed);
        using var json = new MemoryStream("""{"x-%d":["a","b"],"y-%d":["c"]}"""u8.ToArray());
        order = await OrderFile.ReadJsonAsync(json, StoreFixture.Cancel);
        Assert.Equal([("a", "x-%d"), ("b", "x-%d"), ("c", "y-%d")], order.Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public async Task ListsComeAsTheyWentAndAreNeverCutShortUnnoticed()
    {
        var records = Enumerable.Range(0, 5000).Select(i => Record($"r{i}", i, i, i % 2 == 0 ? "k" : null)).ToList();
        PlannedShard[] shards = [new("one", records), new("none", [])];
        using var bytes = new MemoryStream();
        await SortCodec.WriteAsync(bytes, shards, SortCodec.Write, StoreFixture.Cancel);
        bytes.Position = 0;
        var read = new List<PlannedShard>();
        await SortCodec.ReadAsync(bytes, reader => read.Add(SortCodec.ReadShard(reader)), StoreFixture.Cancel);
        Assert.Equal(["one", "none"], read.Select(shard => shard.Name));
        Assert.Equal(
            records.Select(record => (record.Shard, record.Ordinal, record.Index, record.Name, record.Key, record.Files[0])),
            read[0].Records.Select(
                record => (record.Shard, record.Ordinal, record.Index, record.Name, record.Key, record.Files[0])));
        using var cut = new MemoryStream(bytes.ToArray()[..^4]);
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => SortCodec.ReadAsync(cut, reader => SortCodec.ReadShard(reader), StoreFixture.Cancel));
        var pieces = SortCodec.DecodePieces(SortCodec.EncodePieces([new SortFile("x", 5, 9, 2, 70)]));
        Assert.Equal([new SortFile("", 5, 0, 2, 70)], pieces);
        Assert.Throws<StoreException>(() => SortCodec.DecodePieces(new byte[3]));
    }

    private static SortFile File(string name, long size) => new(name, size, 0, 0, 0);

    private static SortRecord Record(string name, int shard, int index, string? key = null) =>
        new($"s{shard}", shard, index, name) { Key = key, Files = { File(name, 100) } };
}
