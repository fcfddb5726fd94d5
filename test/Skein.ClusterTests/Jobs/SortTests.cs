using System.Globalization;
using System.Text;
using System.Text.Json;
using Skein.Client;
using Skein.Client.Jobs;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Sorting;
using Skein.Core.Wire;
using Skein.TestKit;

namespace Skein.ClusterTests.Jobs;

/// <summary>Distributed sorts of shards over three targets.</summary>
public sealed class SortTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private const int ShardCount = 12;
    private const int RecordsOfShard = 10;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(".tar", ".tar")]
    [InlineData(".tgz", ".tar")]
    [InlineData(".zip", ".tgz")]
    [InlineData(".tar", ".zip")]
    public async Task RecordsAreSortedByNameAndTheirFilesStayTogether(string from, string to)
    {
        using var client = new SkeinClient(fixture.Proxies);
        var (input, output) = (await NewAsync(), await NewAsync());
        var files = await FillAsync(client, input, from);
        var id = await client.Sorts.StartAsync(
            Spec(input, output, "output-{00..99}" + to) with
            {
                InputExtension = from,
                OutputExtension = to,
                Description = $"sort {from}",
            },
            Cancel);
        Assert.StartsWith("srt-", id, StringComparison.Ordinal);
        Assert.Equal("", (await WaitAsync(client, id)).Error);

        var shards = await ReadAllAsync(client, output, to);
        Assert.Equal(files.OrderBy(file => file.Name, StringComparer.Ordinal), shards.SelectMany(shard => shard.Files));
        Assert.True(shards.Count > 5, $"{shards.Count} shards");
        Assert.Equal("output-00" + to, shards[0].Name);
        Assert.All(shards, shard => Assert.Equal(0, shard.Files.Count % 2));

        var infos = await client.Sorts.GetAsync(id, Cancel);
        Assert.Equal(3, infos.Count);
        Assert.All(infos.Values, info => Assert.Equal((false, true, true), (
            info.IsAborted, info.IsArchived, info.Metrics.Creation.IsFinished)));
        Assert.All(infos.Values, info => Assert.Equal(ShardCount, info.Metrics.Extraction.TotalCount));
        Assert.Equal(ShardCount, infos.Values.Sum(info => info.Metrics.Extraction.ExtractedCount));
        Assert.Equal(ShardCount * RecordsOfShard, infos.Values.Sum(info => info.Metrics.Extraction.RecordCount));
        Assert.Equal(shards.Count, infos.Values.Sum(info => info.Metrics.Creation.CreatedCount));
        Assert.Equal(from == ".tar" ? 0 : ShardCount, infos.Values.Sum(info => info.Metrics.Extraction.ToDiskCount));

        var listed = Assert.Single(await client.Sorts.ListAsync($"^sort {from}$", cancellation: Cancel), one => one.Id == id);
        Assert.Equal((ShardCount, files.Sum(file => file.Text.Length)), ((int)listed.Objects, (int)listed.Bytes));
        Assert.DoesNotContain(await client.Sorts.ListAsync("", onlyActive: true, Cancel), one => one.Id == id);
        await client.Sorts.RemoveAsync(id, Cancel);
        Assert.True((await Assert.ThrowsAsync<SkeinException>(() => client.Sorts.GetAsync(id, Cancel))).IsNotFound);
    }

    [Fact]
    public async Task AShuffleWithTheSameSeedIsTheSame()
    {
        using var client = new SkeinClient(fixture.Proxies);
        var input = await NewAsync();
        var files = await FillAsync(client, input, ".tar");
        var orders = new List<List<string>>();
        foreach (var seed in (string[])["7", "7", "8"])
        {
            var output = await NewAsync();
            var spec = Spec(input, output, "o-{0..99}") with
            {
                Algorithm = new SortAlgorithmMessage { Kind = "shuffle", Seed = JsonSerializer.SerializeToElement(seed) },
            };
            await WaitAsync(client, await client.Sorts.StartAsync(spec, Cancel));
            var shards = await ReadAllAsync(client, output, ".tar");
            orders.Add([.. shards.SelectMany(shard => shard.Files).Select(file => file.Name)]);
        }
        Assert.Equal(orders[0], orders[1]);
        Assert.NotEqual(orders[0], orders[2]);
        Assert.NotEqual(files.Select(file => file.Name).Order(StringComparer.Ordinal), orders[0]);
        Assert.Equal(files.Select(file => file.Name).Order(), orders[0].Order());
    }

    [Fact]
    public async Task RecordsAreSortedByWhatAFileOfThemHolds()
    {
        using var client = new SkeinClient(fixture.Proxies);
        var (input, output) = (await NewAsync(), await NewAsync());
        await FillAsync(client, input, ".tgz");
        var spec = Spec(input, output, "o-{00..99}.tar") with
        {
            InputExtension = ".tgz",
            Algorithm = new SortAlgorithmMessage
            {
                Kind = "content",
                Extension = ".cls",
                ContentKeyType = "int",
                IsDecreasing = true,
            },
        };
        Assert.Equal("", (await WaitAsync(client, await client.Sorts.StartAsync(spec, Cancel))).Error);
        var keys = (await ReadAllAsync(client, output, ".tar"))
            .SelectMany(shard => shard.Files)
            .Where(file => file.Name.EndsWith(".cls", StringComparison.Ordinal))
            .Select(file => int.Parse(file.Text, CultureInfo.InvariantCulture))
            .ToList();
        Assert.Equal(keys.OrderDescending(), keys);
        Assert.Equal(ShardCount * RecordsOfShard, keys.Count);
    }

    [Fact]
    public async Task AnOrderFileSaysWhichRecordGoesWhere()
    {
        using var client = new SkeinClient(fixture.Proxies);
        var (input, output) = (await NewAsync(), await NewAsync());
        await PutAsync(client, input, "in-0.tar", Shards.Tar(("cat_0.txt", "c0"), ("dog_0.txt", "d0"), ("fox_0.txt", "f0")));
        await PutAsync(client, input, "in-1.tar", Shards.Tar(("dog_1.txt", "d1"), ("cat_1.txt", "c1")));
        await PutAsync(client, input, "order.txt", Encoding.UTF8.GetBytes(
            "cat_0.txt cats-%d\ncat_1.txt cats-%d\n\nwrong\ndog_0.txt dogs-%d\ndog_1.txt dogs-%d\n"));
        var spec = Spec(input, output, "") with
        {
            InputFormat = new SortInput { Template = "in-{0..1}.tar" },
            OrderFile = $"{fixture.Proxy}/v1/objects/{input.Name}/order.txt",
            OrderFileSeparator = " ",
            Config = new SortReactionsMessage { MalformedLine = "warn", MissingKey = "warn" },
        };
        var id = await client.Sorts.StartAsync(spec, Cancel);
        Assert.Equal("", (await WaitAsync(client, id)).Error);
        var shards = await ReadAllAsync(client, output, ".tar");
        Assert.Equal(["cats-0.tar", "dogs-0.tar"], shards.Select(shard => shard.Name));
        Assert.Equal([("cat_0.txt", "c0"), ("cat_1.txt", "c1")], shards[0].Files);
        var warnings = (await client.Sorts.GetAsync(id, Cancel)).Values.SelectMany(info => info.Metrics.Warnings ?? []);
        Assert.Equal(
            ["malformed line (3) in external key map: wrong", "record \"fox_0.txt\" doesn't belong in external key map"],
            warnings.Order());

        var strict = spec with { Config = new SortReactionsMessage { MalformedLine = "warn", MissingKey = "abort" } };
        var status = await WaitAsync(client, await client.Sorts.StartAsync(strict, Cancel));
        Assert.True(status.IsAborted);
        Assert.Contains("record \"fox_0.txt\" doesn't belong in external key map", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShardsMayBeWrittenOverThoseThatAreRead()
    {
        using var client = new SkeinClient(fixture.Proxies);
        var bucket = await NewAsync();
        var files = await FillAsync(client, bucket, ".tar");
        var spec = Spec(bucket, bucket, $"in-{{0..{ShardCount - 1}}}") with { OutputShardSize = null };
        Assert.Equal("", (await WaitAsync(client, await client.Sorts.StartAsync(spec, Cancel))).Error);
        var shards = await ReadAllAsync(client, bucket, ".tar");
        Assert.Equal(
            files.Select(file => file.Name).Order(StringComparer.Ordinal),
            shards.SelectMany(shard => shard.Files).Select(file => file.Name).Order(StringComparer.Ordinal).Distinct());
        Assert.Equal(files.Where(file => file.Name.StartsWith("r-000", StringComparison.Ordinal)).Order(), shards[0].Files
            .Where(file => file.Name.StartsWith("r-000", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task WhatIsMissingOrBrokenIsSaidOrEndsTheSort()
    {
        using var client = new SkeinClient(fixture.Proxies);
        var (input, output) = (await NewAsync(), await NewAsync());
        await PutAsync(client, input, "in-0.tar", Shards.Tar(("a.txt", "first"), ("a.txt", "second")));
        var spec = Spec(input, output, "o-{0..9}") with
        {
            InputFormat = new SortInput { Template = "in-{0..1}" },
            Config = new SortReactionsMessage { MissingShards = "warn", DuplicatedRecords = "warn" },
        };
        var id = await client.Sorts.StartAsync(spec, Cancel);
        Assert.Equal("", (await WaitAsync(client, id)).Error);
        Assert.Equal(
            [
                "record \"a.txt\" is duplicated in shard \"in-0.tar\"",
                $"shard \"ais://{input.Name}/in-1.tar\" does not exist",
            ],
            (await client.Sorts.GetAsync(id, Cancel)).Values.SelectMany(info => info.Metrics.Warnings ?? []).Order());
        Assert.Equal([("a.txt", "second")], Assert.Single(await ReadAllAsync(client, output, ".tar")).Files);

        var strict = spec with { Config = new SortReactionsMessage { MissingShards = "abort" } };
        id = await client.Sorts.StartAsync(strict, Cancel);
        var status = await WaitAsync(client, id);
        Assert.True(status.IsAborted);
        var infos = await client.Sorts.GetAsync(id, Cancel);
        Assert.Equal(3, infos.Count);
        var missing = $"shard \"ais://{input.Name}/in-1.tar\" does not exist";
        Assert.All(infos.Values, info => Assert.EndsWith(
            missing, Assert.Single(info.Metrics.Errors!), StringComparison.Ordinal));

        await PutAsync(client, input, "in-1.tar", [.. Enumerable.Repeat((byte)7, 2000)]);
        status = await WaitAsync(client, await client.Sorts.StartAsync(spec, Cancel));
        Assert.Contains("in-1.tar is not a valid .tar archive", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADryRunWritesNothing()
    {
        using var client = new SkeinClient(fixture.Proxies);
        var (input, output) = (await NewAsync(), await NewAsync());
        await FillAsync(client, input, ".tar");
        var id = await client.Sorts.StartAsync(Spec(input, output, "o-{0..99}") with { IsDryRun = true }, Cancel);
        Assert.Equal("", (await WaitAsync(client, id)).Error);
        Assert.NotEqual(0, (await client.Sorts.GetAsync(id, Cancel)).Values.Sum(info => info.Metrics.Creation.ToCreate));
        Assert.Empty(await fixture.Http.ListAsync(fixture.Proxy, output.Name));
    }

    private async Task<BucketName> NewAsync() => BucketName.Ais(await fixture.NewBucketAsync());

    internal static SortMessage Spec(BucketName input, BucketName output, string format) => new()
    {
        InputBucket = WireBucket.From(input),
        OutputBucket = WireBucket.From(output),
        InputFormat = new SortInput { Template = $"in-{{0..{ShardCount - 1}}}" },
        InputExtension = ".tar",
        OutputFormat = format,
        OutputShardSize = JsonSerializer.SerializeToElement("100B"),
    };

    /// <summary>Shards of records of two files each; the names of the records are spread over the shards.</summary>
    internal static async Task<List<(string Name, string Text)>> FillAsync(
        SkeinClient client, BucketName bucket, string extension)
    {
        var all = new List<(string Name, string Text)>();
        for (var shard = 0; shard < ShardCount; shard++)
        {
            var files = Enumerable.Range(0, RecordsOfShard)
                .Select(i => (i * ShardCount) + shard)
                .SelectMany(number => (IEnumerable<(string, string)>)
                [
                    ($"r-{number:000}.cls", (number * 37 % 101).ToString(CultureInfo.InvariantCulture)),
                    ($"r-{number:000}.txt", $"content {number}"),
                ])
                .ToList();
            all.AddRange(files);
            var bytes = extension == ".zip" ? Shards.Zip(files) : Shards.Tar(files);
            await PutAsync(
                client, bucket, $"in-{shard}{extension}", extension == ".tgz" ? Shards.Zipped(bytes) : bytes);
        }
        return all;
    }

    internal static async Task<JobStatus> WaitAsync(SkeinClient client, string id)
    {
        try
        {
            var status = await client.Jobs.WaitAsync(
                new JobMessage { Id = id },
                new JobWaitOptions { Timeout = Poll.Limit, Interval = TimeSpan.FromMilliseconds(50) },
                null,
                Cancel);
            Assert.NotNull(status);
            return status;
        }
        catch (TimeoutException)
        {
            Assert.Fail(JsonSerializer.Serialize(
                await client.Sorts.GetAsync(id, Cancel), WireJsonContext.Output.SortedDictionaryStringSortJobInfo));
            throw;
        }
    }

    private async Task<List<(string Name, List<(string Name, string Text)> Files)>> ReadAllAsync(
        SkeinClient client, BucketName bucket, string extension)
    {
        var shards = new List<(string, List<(string, string)>)>();
        foreach (var name in await fixture.Http.ListAsync(fixture.Proxy, bucket.Name))
        {
            await using var download = await client.Objects.GetAsync(bucket, name, cancellation: Cancel);
            using var bytes = new MemoryStream();
            await download.Content.CopyToAsync(bytes, Cancel);
            shards.Add((name, Shards.Read(extension, bytes.ToArray())));
        }
        return shards;
    }

    private static Task PutAsync(SkeinClient client, BucketName bucket, string name, byte[] bytes) =>
        client.Objects.PutAsync(bucket, name, ObjectSource.FromBytes(bytes), new PutOptions(), Cancel);
}
