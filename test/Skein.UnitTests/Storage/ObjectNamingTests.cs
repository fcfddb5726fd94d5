using CsCheck;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.UnitTests.Storage;

public sealed class ObjectNamingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly string[] Awkward =
    [
        "a", "a/b", "a/b/c", "a/b/c/d", "a.", ".a", "./a", "a/./b", "a//b", ".", "./.", "a/.", "%h", "%h/x", "%h/ab/cd",
        "%ob", "%wk/x", "@ais", "x/%h", " ", "a b", "a\\b", "a\nb", "\u0001", "ünï/cödé", "😀/😀", "a:b", "..a", "a..",
        "-rf", "*", "?", "~", "$HOME", "a%2Fb", "CON", "ÿ", "\uFFFD", "\u200B",
    ];

    [Fact]
    public async Task Awkward_names_are_stored_side_by_side_listed_and_deleted()
    {
        await using var fixture = await StoreFixture.OpenAsync(1);
        var bucket = StoreFixture.Bucket();
        string[] names =
        [
            .. Awkward, new string('x', 255), new string('x', 256), new string('é', 128), "d/" + new string('y', 1000),
            new string('z', ObjectName.MaxBytes), string.Join('/', Enumerable.Repeat("deep", 600)),
            string.Concat(Enumerable.Repeat("q/", 1530)) + "end",
        ];
        foreach (var name in names)
        {
            await fixture.PutAsync(bucket, name, "1 " + name);
            await fixture.PutAsync(bucket, name, "2 " + name);
        }
        var expected = names.Order(Utf8Order.Comparer).ToArray();
        Assert.Equal(expected, await fixture.NamesAsync(bucket));
        foreach (var name in names)
        {
            Assert.Equal("2 " + name, await fixture.GetAsync(bucket, name));
            Assert.Equal("2", (await fixture.Store.StatAsync(bucket, name, Cancel))!.Attributes.Version);
        }
        foreach (var name in names)
        {
            Assert.True(await fixture.Store.DeleteAsync(bucket, name, Cancel));
            Assert.Null(await fixture.GetAsync(bucket, name));
        }
        Assert.Empty(await fixture.NamesAsync(bucket));
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Paths[0].Path + "/@ais/b/%ob"));
        Assert.Equal(0, fixture.Store.DamagedObjects);
    }

    [Fact]
    public async Task A_name_and_a_name_below_it_can_be_stored_in_any_order_and_come_and_go() =>
        await Gen.Select(Gen.OneOf("a", "a/b", "a/b/c", "a/c"), Gen.Bool).Array[1, 25].SampleAsync(
            async steps =>
            {
                await using var fixture = await StoreFixture.OpenAsync(1);
                var bucket = StoreFixture.Bucket();
                var model = new SortedDictionary<string, string>(Utf8Order.Comparer);
                for (var i = 0; i < steps.Length; i++)
                {
                    var (name, put) = steps[i];
                    if (put)
                    {
                        await fixture.PutAsync(bucket, name, model[name] = $"{name} {i}");
                    }
                    else
                    {
                        Assert.Equal(model.Remove(name), await fixture.Store.DeleteAsync(bucket, name, Cancel));
                    }
                    foreach (var each in (string[])["a", "a/b", "a/b/c", "a/c"])
                    {
                        Assert.Equal(model.GetValueOrDefault(each), await fixture.GetAsync(bucket, each));
                    }
                }
                Assert.Equal(model.Keys, await fixture.NamesAsync(bucket));
            }, iter: 8, threads: 1);

    [Fact]
    public void Plain_paths_are_only_given_to_names_that_are_their_own_path()
    {
        var folder = new BucketFolder("/mp", BucketName.Ais("b"));
        Gen.String[Gen.OneOf(Gen.OneOf('/', '.', '%', 'h'), Gen.Char['a', 'c']), 1, 12].Sample(name =>
        {
            if (ObjectPath.Plain(folder, name) is not { } path)
            {
                return;
            }
            Assert.Equal("/mp/@ais/b/%ob/" + name, path);
            Assert.Equal(path, Path.GetFullPath(path));
            Assert.NotEqual("%h", name.Split('/')[0]);
        });
        Assert.Null(ObjectPath.Plain(folder, new string('x', 256)));
        Assert.Null(ObjectPath.Plain(new BucketFolder("/" + new string('m', 3000), BucketName.Ais("b")),
            string.Join('/', Enumerable.Repeat("deep", 250))));
    }
}
