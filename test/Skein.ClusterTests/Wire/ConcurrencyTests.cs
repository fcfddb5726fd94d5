using System.Collections.Concurrent;
using System.IO.Hashing;
using Skein.TestKit;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Wire;

/// <summary>Many clients at once, through all proxies.</summary>
public sealed class ConcurrencyTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private TestHttp Http => fixture.Http;

    [Fact]
    public async Task AReaderSeesOneWriteOrTheOtherNeverAMixture()
    {
        var bucket = await fixture.NewBucketAsync();
        var names = new[] { "a", "b", "c" };
        foreach (var name in names)
        {
            (await Http.PutAsync(fixture.Proxy, $"{bucket}/{name}", Payloads.Bytes(10, 0))).Succeeded();
        }
        var writing = true;
        var readers = Enumerable.Range(0, 4).Select(async reader =>
        {
            var read = 0;
            for (var i = reader; Volatile.Read(ref writing); i++, read++)
            {
                var reply = (await Http.GetAsync(fixture.Proxies[i % 3], $"{bucket}/{names[i % 3]}")).Succeeded();
                Assert.Equal(
                    reply.Header("Ais-Checksum-Value"), Convert.ToHexStringLower(XxHash64.Hash(reply.Body)));
                Assert.Equal($"{reply.Body.Length}", reply.Header("Content-Length"));
            }
            return read;
        }).ToList();
        var writers = Enumerable.Range(0, 3).Select(async writer =>
        {
            var random = new Random(writer);
            for (var i = 0; i < 80; i++)
            {
                var content = Payloads.Bytes(random.Next(300_000), random.Next());
                (await Http.PutAsync(fixture.Proxies[writer], $"{bucket}/{names[i % 3]}", content)).Succeeded();
            }
        });
        await Task.WhenAll(writers);
        Volatile.Write(ref writing, false);
        Assert.All(await Task.WhenAll(readers), read => Assert.NotEqual(0, read));
        // Each of the 240 writes counted once.
        var versions = 0;
        foreach (var name in names)
        {
            versions += int.Parse((await Http.HeadAsync(fixture.Proxy, $"{bucket}/{name}")).Header("Ais-Version")!, null);
        }
        Assert.Equal((3 * 80) + 3, versions);
    }

    [Fact]
    public async Task AListingHasWhatWasAcknowledgedBeforeItBegan()
    {
        var bucket = await fixture.NewBucketAsync();
        var there = new ConcurrentDictionary<string, bool>();
        var gone = new ConcurrentDictionary<string, bool>();
        var writing = true;
        var writers = Enumerable.Range(0, 3).Select(async writer =>
        {
            for (var i = 0; i < 150; i++)
            {
                var name = $"w{writer}-{i:000}";
                (await Http.PutAsync(fixture.Proxies[(writer + i) % 3], $"{bucket}/{name}", [1])).Succeeded();
                there[name] = true;
                if (i % 3 == 2)
                {
                    var old = $"w{writer}-{i - 2:000}";
                    there.TryRemove(old, out _);
                    (await Http.DeleteAsync(fixture.Proxies[i % 3], $"{bucket}/{old}")).Succeeded();
                    gone[old] = true;
                }
            }
        }).ToList();
        var listers = fixture.Proxies.Select(async proxy =>
        {
            var count = 0;
            for (; Volatile.Read(ref writing); count++)
            {
                var must = there.Keys.ToList();
                var mustNot = gone.Keys.ToList();
                var listed = await Http.ListAsync(proxy, bucket, 40);
                Assert.Equal(listed.Distinct().Order(StringComparer.Ordinal), listed);
                // What a writer takes away while the listing runs may be missing.
                var present = listed.ToHashSet();
                Assert.DoesNotContain(must, name => !present.Contains(name) && there.ContainsKey(name));
                Assert.DoesNotContain(mustNot, present.Contains);
            }
            return count;
        }).ToList();
        await Task.WhenAll(writers);
        Volatile.Write(ref writing, false);
        Assert.All(await Task.WhenAll(listers), count => Assert.NotEqual(0, count));
        foreach (var proxy in fixture.Proxies)
        {
            Assert.Equal(there.Keys.Order(StringComparer.Ordinal), await Http.ListAsync(proxy, bucket));
        }
    }

    [Fact]
    public async Task ABucketThatIsDestroyedUnderItsWritersStaysEmptyWhenItIsMadeAnew()
    {
        const string Bucket = "phoenix";
        for (var round = 0; round < 6; round++)
        {
            (await Http.CreateAsync(fixture.Proxies[round % 3], Bucket)).Succeeded();
            Assert.Empty(await Http.ListAsync(fixture.Proxies[(round + 1) % 3], Bucket));
            var writers = Enumerable.Range(0, 3).Select(async writer =>
            {
                var codes = new HashSet<int>();
                for (var i = 0; i < 1000; i++)
                {
                    var put = await Http.PutAsync(
                        fixture.Proxies[writer], $"{Bucket}/round{round}-w{writer}-{i}", Payloads.Bytes(2000, i));
                    codes.Add(put.Code);
                    if (!put.IsSuccess)
                    {
                        break;
                    }
                }
                return codes;
            }).ToList();
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            (await Http.DestroyAsync(fixture.Proxies[(round + 2) % 3], Bucket)).Succeeded();
            foreach (var codes in await Task.WhenAll(writers))
            {
                Assert.Equal([200, 404], codes.Order());
            }
        }
        (await Http.CreateAsync(fixture.Proxy, Bucket)).Succeeded();
        foreach (var proxy in fixture.Proxies)
        {
            Assert.Empty(await Http.ListAsync(proxy, Bucket));
        }
    }
}
