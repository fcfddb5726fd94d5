using System.Text.Json;
using Skein.TestKit;
using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary><c>curl -L</c> alone can do everything, through every proxy.</summary>
public sealed class CurlTests : IAsyncLifetime
{
    private const string Json = "Content-Type: application/json";
    private readonly TempFolder _folder = new();
    private ProcessCluster _cluster = null!;

    public static bool HasCurl { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "curl")));

    public async ValueTask InitializeAsync() => _cluster = await ProcessCluster.StartAsync(3, 2);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Skip = "curl is not installed", SkipUnless = nameof(HasCurl))]
    public async Task CurlDoesEverythingThroughEveryProxy()
    {
        foreach (var proxy in _cluster.Proxies)
        {
            var bucket = "curl-" + proxy.Id;
            var buckets = $"{proxy.Url}/v1/buckets/{bucket}";
            var objects = $"{proxy.Url}/v1/objects/{bucket}";
            Assert.Equal("200", await CurlAsync("-X", "POST", "-H", Json, "-d", """{"action":"create-bck"}""", buckets));
            foreach (var (name, size) in new[] { ("small", 10), ("dir/middle%20size", 300_000), ("large", 5_000_000) })
            {
                var content = Payloads.Bytes(size, size);
                var file = _folder.WriteFile("content", content);
                Assert.Equal("200", await CurlAsync("-T", file, $"{objects}/{name}"));
                var back = _folder.Combine("back");
                Assert.Equal("200", await CurlAsync("-o", back, $"{objects}/{name}"));
                Assert.Equal(content, await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken));
                Assert.Equal("206", await CurlAsync("-r", "2-5", "-o", back, $"{objects}/{name}"));
                Assert.Equal(content[2..6], await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken));
                var head = await OutputAsync("-I", $"{objects}/{name}");
                Assert.Contains($"\nContent-Length: {size}\r", head, StringComparison.Ordinal);
                Assert.Contains("\nAis-Checksum-Type: xxhash\r", head, StringComparison.Ordinal);
            }
            var page = await OutputAsync(
                "-X", "GET", "-H", Json, "-d", """{"action":"list","value":{"props":"name"}}""", buckets);
            Assert.Equal(
                ["dir/middle size", "large", "small"],
                JsonDocument.Parse(page).RootElement.GetProperty("entries").EnumerateArray()
                    .Select(entry => entry.GetProperty("name").GetString()));
            Assert.Equal("200", await CurlAsync("-X", "DELETE", $"{objects}/small"));
            Assert.Equal("404", await CurlAsync("-X", "DELETE", $"{objects}/small"));
            Assert.Equal("404", await CurlAsync($"{objects}/small"));
            var all = await OutputAsync(
                "-X", "GET", "-H", Json, "-d", """{"action":"list"}""", $"{proxy.Url}/v1/buckets");
            Assert.Contains($"\"name\":\"{bucket}\"", all, StringComparison.Ordinal);
            Assert.Equal("200", await CurlAsync("-X", "DELETE", "-H", Json, "-d", """{"action":"destroy-bck"}""", buckets));
            Assert.Equal("404", await CurlAsync("-I", buckets));
        }
    }

    /// <summary>The last status.</summary>
    private static async Task<string> CurlAsync(params string[] arguments)
    {
        var output = arguments.Contains("-o") ? arguments : ["-o", "/dev/null", .. arguments];
        return await OutputAsync(["-w", "%{http_code}", .. output]);
    }

    private static async Task<string> OutputAsync(params string[] arguments) =>
        (await ProgramRun.RunAsync("curl", ["-sSL", .. arguments])).Succeeded().Output;
}
