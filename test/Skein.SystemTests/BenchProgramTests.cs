using System.Text.Json;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary><c>skein bench</c> against a real cluster: every operation, and several processes.</summary>
public sealed class BenchProgramTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private ProcessCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await ProcessCluster.StartAsync(1, 2);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task EveryOperationIsMeasuredAndNothingIsLeft()
    {
        var saved = _folder.Combine("run.json");
        var run = await RunAsync(
            "mixed", "ais://b", "--mix", "put,get,range,stat,list,delete,archive", "--size", "1KiB..40KiB", "--count", "400",
            "--objects", "120", "--range-length", "100", "--save", saved);
        Assert.StartsWith("OPERATION", run.Output, StringComparison.Ordinal);
        var document = JsonDocument.Parse(await File.ReadAllTextAsync(saved, TestContext.Current.CancellationToken)).RootElement;
        var results = document.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(
            ["put", "get", "range", "stat", "list", "delete", "archive"],
            results.Select(result => result.GetProperty("operation").GetString()));
        Assert.Equal(400, results.Sum(result => result.GetProperty("count").GetInt64()));
        Assert.All(results, result =>
        {
            Assert.Equal("", result.GetProperty("first_error").GetString());
            Assert.InRange(result.GetProperty("p50_us").GetInt64(), 1, result.GetProperty("max_us").GetInt64());
        });
        var range = results.Single(result => result.GetProperty("operation").GetString() == "range");
        Assert.Equal(100 * range.GetProperty("count").GetInt64(), range.GetProperty("bytes").GetInt64());
        // The bucket was not there before, so it is not there afterwards.
        Assert.Equal(404, (await _cluster.Http.SendAsync(HttpMethod.Head, _cluster.Url + "/v1/buckets/b")).Code);
    }

    [Fact]
    public async Task SeveralProcessesAreOneRunAndLeaveABucketAsItWas()
    {
        (await _cluster.Http.CreateAsync(_cluster.Url, "kept")).Succeeded();
        (await _cluster.Http.PutAsync(_cluster.Url, "kept/mine", "x"u8.ToArray())).Succeeded();
        var run = await RunAsync("put", "ais://kept", "--processes", "2", "--count", "101", "--size", "500", "--json");
        var document = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(2, document.GetProperty("processes").GetInt32());
        var result = Assert.Single(document.GetProperty("results").EnumerateArray());
        Assert.Equal(101, result.GetProperty("count").GetInt64());
        Assert.Equal(101 * 500, result.GetProperty("bytes").GetInt64());
        Assert.Equal(["mine"], await _cluster.Http.ListAsync(_cluster.Url, "kept"));
    }

    private async Task<ProgramRun> RunAsync(params string[] words) => (await ProgramRun.RunAsync(
        Programs.Skein, ["bench", .. words, "--endpoint", _cluster.Url])).Succeeded();
}
