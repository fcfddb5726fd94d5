using System.Formats.Tar;
using System.IO.Compression;
using Skein.Gateway.Ports;
using Skein.TestKit;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway;

/// <summary><c>what=log</c>.</summary>
public sealed class LogAnswerTests
{
    private const string Info = """{"level":"Information","message":"ä"}""" + "\n";
    private const string Warning = """{"level":"Warning","message":"b"}""" + "\n";
    private const string Error = """{"level":"Error","message":"c"}""" + "\n";

    [Fact]
    public async Task The_log_is_sent_by_severity_and_from_an_offset()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Proxy.Logs.Write(Info + Warning + Error);
        Assert.Equal(Info + Warning + Error, await TextAsync(cluster, ""));
        Assert.Equal(Info + Warning + Error, await TextAsync(cluster, "&severity=i"));
        Assert.Equal(Warning + Error, await TextAsync(cluster, "&severity=w"));
        Assert.Equal(Error, await TextAsync(cluster, "&severity=e"));
        var size = System.Text.Encoding.UTF8.GetByteCount(Info);
        Assert.Equal(Warning + Error, await TextAsync(cluster, $"&offset={size}"));
        Assert.Equal(Error, await TextAsync(cluster, $"&severity=w&offset={Warning.Length}"));
        Assert.Equal("", await TextAsync(cluster, $"&severity=w&offset={Warning.Length + Error.Length}"));
    }

    [Fact]
    public async Task An_unknown_severity_and_an_offset_past_the_end_are_refused()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Proxy.Logs.Write(Warning);
        using var unknown = await SendAsync(cluster, "&severity=x");
        Assert.Equal(400, (int)unknown.StatusCode);
        Assert.Contains("unknown log severity \\\"x\\\"", await BodyAsync(unknown), StringComparison.Ordinal);
        using var past = await SendAsync(cluster, "&offset=1000");
        Assert.Equal(400, (int)past.StatusCode);
        Assert.Contains(
            $"log likely rotated (offset 1000, size {Warning.Length})", await BodyAsync(past), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_files_come_in_one_compressed_archive()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Proxy.Logs.Write(Info);
        cluster.Proxy.Logs.Rotate();
        cluster.Proxy.Logs.Write(Error);
        using var answer = await SendAsync(cluster, "&all=true");
        Assert.Equal("application/x-gzip", answer.Content.Headers.ContentType?.ToString());
        using var gzip = new GZipStream(await answer.Content.ReadAsStreamAsync(StoreFixture.Cancel), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        var files = new Dictionary<string, string>();
        while (tar.GetNextEntry() is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream!);
            files[entry.Name] = await reader.ReadToEndAsync(StoreFixture.Cancel);
        }
        Assert.Equal(new Dictionary<string, string> { ["skeind.log"] = Error, ["skeind.log.1"] = Info }, files);
    }

    private static Task<HttpResponseMessage> SendAsync(TestCluster cluster, string query) =>
        cluster.SendAsync(HttpMethod.Get, cluster.Proxy, $"/v1/daemon?what=log{query}");

    private static async Task<string> TextAsync(TestCluster cluster, string query)
    {
        using var answer = await SendAsync(cluster, query);
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return await BodyAsync(answer);
    }

    private static Task<string> BodyAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(StoreFixture.Cancel);
}

/// <summary>Log files in a folder of their own.</summary>
internal sealed class FakeLogs : INodeLogs, IDisposable
{
    private readonly TempFolder _folder = new();

    public string CurrentFile => _folder.Combine("skeind.log");

    public IReadOnlyList<string> Files => [.. new[] { CurrentFile, CurrentFile + ".1" }.Where(File.Exists)];

    public void Write(string text) => File.AppendAllText(CurrentFile, text);

    public void Rotate()
    {
        if (File.Exists(CurrentFile))
        {
            File.Move(CurrentFile, CurrentFile + ".1", overwrite: true);
        }
    }

    public void Dispose() => _folder.Dispose();
}
