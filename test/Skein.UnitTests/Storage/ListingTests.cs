using System.Text;
using CsCheck;
using Skein.Core.Objects;
using Skein.Storage.Listing;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

public sealed class ListingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly Gen<string> Element =
        Gen.String[Gen.OneOf(Gen.OneOf('-', '.', '0', '%', 'é', '中', '\uFFEE'), Gen.Char['a', 'c']), 1, 3];

    private static readonly Gen<string> Name = Element.Array[1, 4].Select(
        parts => string.Join('/', parts).Replace("..", ".", StringComparison.Ordinal).Replace("..", "."));

    /// <summary>A name, text that begins one, or a token as a listing gives.</summary>
    private static readonly Gen<string> Start =
        Gen.OneOf(Gen.Const(""), Name, Name.Select(n => n + "/"), Gen.OneOf("a", "b", "a/", "zz", "😀"));

    [Fact]
    public async Task Pages_show_what_a_sorted_set_shows()
    {
        await using var fixture = await StoreFixture.OpenAsync(3);
        var random = new Random(42);
        var names = new SortedSet<string>(Utf8Order.Comparer);
        var bucket = StoreFixture.Bucket();
        var sample = Name.Array[400].Single().Append("😀/x").Append("\uFFEE");
        foreach (var name in sample)
        {
            await fixture.PutAsync(bucket, name, new string('x', random.Next(20)));
            names.Add(name);
        }
        foreach (var name in names.Where(_ => random.Next(4) == 0).ToArray())
        {
            await fixture.Store.DeleteAsync(bucket, name, Cancel);
            names.Remove(name);
        }
        await Gen.Select(Gen.OneOf(Start, Name.Select(n => n[..1])), Start, Gen.Int[1, 50], Gen.Bool).SampleAsync(
            async (prefix, after, limit, nonRecursive) =>
            {
                var query = new ListQuery
                {
                    Prefix = prefix,
                    StartAfter = after,
                    Limit = limit,
                    NonRecursive = nonRecursive,
                };
                var page = await fixture.Store.ListAsync(bucket, query, Cancel);
                var expected = Expected(names, query).ToList();
                Assert.Equal(expected.Take(limit), page.Entries.Select(e => e.SortKey));
                Assert.Equal(expected.Count > limit ? expected[limit - 1] : "", page.NextToken);
                Assert.Equal(expected, await fixture.NamesAsync(bucket, query));
            }, iter: 150, threads: 1);
    }

    [Fact]
    public async Task An_entry_tells_what_the_object_has()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var bucket = StoreFixture.Bucket();
        var put = await fixture.PutAsync(bucket, "d/o", "hello"u8.ToArray(), new WriteCommit
        {
            Stamp = fixture.NextStamp(),
            Custom = [new("k", "v")],
        });
        var page = await fixture.Store.ListAsync(bucket, new ListQuery(), Cancel);
        var entry = Assert.Single(page.Entries);
        Assert.Equivalent(put, entry.Attributes);
        Assert.Equal((await fixture.Store.StatAsync(bucket, "d/o", Cancel))!.Mountpath, entry.Mountpath);
        page = await fixture.Store.ListAsync(bucket, new ListQuery { Fields = ListFields.None }, Cancel);
        Assert.Null(Assert.Single(page.Entries).Attributes);
        page = await fixture.Store.ListAsync(bucket, new ListQuery { NonRecursive = true }, Cancel);
        Assert.Equal(("d", true), (page.Entries[0].Name, page.Entries[0].IsFolder));
    }

    [Fact]
    public async Task A_page_costs_its_own_length_and_a_folder_costs_one_row()
    {
        const int Count = 100_000;
        const int Folders = 10;
        await using var fixture = await StoreFixture.OpenAsync(2);
        var bucket = StoreFixture.Bucket();
        var header = ObjectHeaderCodec.Encode(new ObjectHeader(
            new ObjectAttributes { Size = 1, Checksum = new Checksum(ChecksumTypes.XxHash, "0123456789abcdef") },
            bucket.Id, null));
        for (var i = 0; i < Count; i++)
        {
            await fixture.Store.Units[i % 2].Index.PutAsync(bucket.Id, $"f{i % Folders}/{i:d6}", header, default);
        }
        var before = RowsRead(fixture);
        var query = new ListQuery { StartAfter = "f4/077777", Limit = 1000 };
        var page = await fixture.Store.ListAsync(bucket, query, Cancel);
        Assert.Equal(1000, page.Entries.Count);
        Assert.Equal("f4/077784", page.Entries[0].Name);
        Assert.InRange(RowsRead(fixture) - before, 1000, 1000 + 4);

        before = RowsRead(fixture);
        page = await fixture.Store.ListAsync(bucket, new ListQuery { NonRecursive = true }, Cancel);
        Assert.Equal(Folders, page.Entries.Count);
        Assert.InRange(RowsRead(fixture) - before, Folders, (2 * Folders) + 4);

        var total = 0;
        for (query = new ListQuery { Limit = 1000, Fields = ListFields.None }; ;)
        {
            page = await fixture.Store.ListAsync(bucket, query, Cancel);
            total += page.Entries.Count;
            if (page.NextToken.Length == 0)
            {
                break;
            }
            query = query with { StartAfter = page.NextToken };
        }
        Assert.Equal(Count, total);
    }

    [Fact]
    public async Task The_newer_of_two_copies_is_shown_once()
    {
        await using var fixture = await StoreFixture.OpenAsync(2);
        var bucket = StoreFixture.Bucket();
        for (var i = 0; i < 2; i++)
        {
            var header = new ObjectHeader(
                new ObjectAttributes { Size = i, Checksum = Checksum.None, Stamp = new WriteStamp(1, 10 - i) },
                bucket.Id, null);
            await fixture.Store.Units[i].Index.PutAsync(
                bucket.Id, "o", ObjectHeaderCodec.Encode(header), default);
        }
        var page = await fixture.Store.ListAsync(bucket, new ListQuery(), Cancel);
        Assert.Equal(0, Assert.Single(page.Entries).Attributes!.Size);
    }

    private static long RowsRead(StoreFixture fixture) => fixture.Store.Units.Sum(u => u.Index.RowsRead);

    /// <summary>The listing by its definition, from all names.</summary>
    private static IEnumerable<string> Expected(SortedSet<string> names, ListQuery query)
    {
        var shown = new SortedSet<string>(Utf8Order.Comparer);
        var after = query.StartAfter;
        var skipped = query.NonRecursive && after.StartsWith(query.Prefix, StringComparison.Ordinal)
            && after.IndexOf('/', query.Prefix.Length) is >= 0 and var first && first == after.Length - 1
            ? after : null;
        foreach (var name in names)
        {
            if (!name.StartsWith(query.Prefix, StringComparison.Ordinal)
                || Utf8Order.Comparer.Compare(name, after) <= 0
                || (skipped is not null && name.StartsWith(skipped, StringComparison.Ordinal)))
            {
                continue;
            }
            var slash = query.NonRecursive ? name.IndexOf('/', query.Prefix.Length) : -1;
            shown.Add(slash < 0 ? name : name[..(slash + 1)]);
        }
        return shown;
    }
}
