using Skein.Cluster.Primary;
using Skein.Cluster.Timeline;
using Skein.Core.Config;
using Skein.Core.Maps;
using Skein.UnitTests.Core.Maps;

namespace Skein.UnitTests.Cluster.Timeline;

public sealed class TimelineFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("skein-timeline-").FullName;

    private string Present => Path.Combine(_folder, ".skein.timeline");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_appended_is_there_after_a_restart_with_its_document()
    {
        var documents = Documents(5);
        using (var file = Open())
        {
            documents.ForEach(file.Append);
            file.Append(documents[2]);
            Assert.Equal(5, file.Entries.Count);
        }
        using var again = Open();
        Assert.Equal(documents.Select(TimelineEntry.Of), again.Entries);
        Assert.All(documents, document => Assert.Equal(document.Hash, again.Read(document.Stamp)!.Hash));
        Assert.Null(again.Read(new DocumentStamp(1, 1, 99)));
    }

    [Fact]
    public void A_tail_torn_at_any_byte_is_dropped_and_the_file_goes_on()
    {
        var documents = Documents(4);
        using (var file = Open())
        {
            documents.Take(2).ToList().ForEach(file.Append);
        }
        var whole = new FileInfo(Present).Length;
        using (var file = Open())
        {
            file.Append(documents[2]);
        }
        var bytes = File.ReadAllBytes(Present);
        for (var length = (int)whole; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(Present, bytes[..length]);
            using var file = TimelineFile.Open(_folder, out var problems);
            Assert.Equal(length == whole ? 0 : 1, problems.Count);
            Assert.Equal(documents.Take(2).Select(TimelineEntry.Of), file.Entries);
            file.Append(documents[3]);
            Assert.Equal(documents[3].Hash, file.Read(documents[3].Stamp)!.Hash);
        }
        using var last = Open();
        Assert.Equal([1, 2, 4], last.Entries.Select(entry => entry.Stamp.Version));
    }

    [Fact]
    public void A_flipped_bit_is_never_read_as_something_else()
    {
        var documents = Documents(3);
        using (var file = Open())
        {
            documents.ForEach(file.Append);
        }
        var bytes = File.ReadAllBytes(Present);
        for (var position = 0; position < bytes.Length; position += 11)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[position] ^= 0x10;
            File.WriteAllBytes(Present, damaged);
            using var file = TimelineFile.Open(_folder, out var problems);
            Assert.NotEmpty(problems);
            var kept = file.Entries;
            Assert.True(kept.Count < 3);
            Assert.Equal(documents.Take(kept.Count).Select(TimelineEntry.Of), kept);
        }
    }

    [Fact]
    public void The_last_versions_are_kept_in_two_files_of_bounded_size()
    {
        var documents = Documents(25);
        using (var file = TimelineFile.Open(_folder, new TimelineFile.Limits(10, 1 << 20), out _))
        {
            foreach (var document in documents)
            {
                file.Append(document);
                Assert.Equal(document.Hash, file.Read(document.Stamp)!.Hash);
                var oldest = documents[Math.Max(0, (int)document.Stamp.Version - 10)];
                Assert.Equal(oldest.Stamp, file.Entries[0].Stamp);
                Assert.Equal(oldest.Hash, file.Read(oldest.Stamp)!.Hash);
            }
        }
        using var again = TimelineFile.Open(_folder, new TimelineFile.Limits(10, 1 << 20), out _);
        Assert.Equal(documents.TakeLast(10).Select(TimelineEntry.Of), again.Entries);
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Bytes_are_bounded_too()
    {
        var documents = Documents(50);
        var limits = new TimelineFile.Limits(1000, 8000);
        using (var file = TimelineFile.Open(_folder, limits, out _))
        {
            documents.ForEach(file.Append);
            Assert.InRange(file.Entries.Count, 2, 40);
            Assert.Equal(documents[^1].Stamp, file.Entries[^1].Stamp);
        }
        Assert.All(Directory.GetFiles(_folder), path => Assert.InRange(new FileInfo(path).Length, 1, 8000));
    }

    [Fact]
    public void Another_cluster_begins_anew()
    {
        using (var file = Open())
        {
            Documents(3).ForEach(file.Append);
            Documents(2, "other0000001").ForEach(file.Append);
            Assert.Equal(2, file.Entries.Count);
        }
        using var again = Open();
        Assert.All(again.Entries, entry => Assert.Equal("other0000001", entry.Uuid));
        Assert.Equal(2, again.Entries.Count);
    }

    [Fact]
    public void What_is_missing_is_shown_as_a_gap()
    {
        var known = Documents(9).Where(document => document.Stamp.Version is 3 or 4 or 7)
            .Select(document => TimelineEntry.Of(document).ToItem())
            .ToList();
        var shown = TimelineReader.WithGaps(known, 1, 9);
        Assert.Equal(
            [(1, 2), (3, 0), (4, 0), (5, 6), (7, 0), (8, 9)],
            shown.Select(item => (item.Version, item.MissingTo)));
        Assert.Equal([(2L, 0L)], TimelineReader.WithGaps([known[0] with { Version = 2 }], 2, 2)
            .Select(item => (item.Version, item.MissingTo)));
    }

    private TimelineFile Open()
    {
        var file = TimelineFile.Open(_folder, out var problems);
        Assert.Empty(problems);
        return file;
    }

    private static List<SealedDocument> Documents(int count, string uuid = "cluster00001")
    {
        var document = PrimaryService.FirstDocument(TestNodes.Proxy(1), uuid, "", ClusterConfig.Default);
        return [.. Enumerable.Range(1, count).Select(i => ControlDocumentCodec.Seal(document with
        {
            Stamp = new DocumentStamp(1, 1 + (i / 5), i),
            LastChange = new ChangeRecord($"change {i}", "somebody", i % 2 == 0 ? "" : "why", 1000 + i),
        }))];
    }
}
