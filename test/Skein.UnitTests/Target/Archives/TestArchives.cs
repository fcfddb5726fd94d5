using System.Text;
using Skein.Core.Archives;
using Skein.Target.Archives;
using Skein.UnitTests.Gateway;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Target.Archives;

/// <summary>Makes and reads archives for tests.</summary>
internal static class TestArchives
{
    public static IReadOnlyList<(string Name, string Text)> Some { get; } =
        [("a.txt", "AAA"), ("d/b.txt", "BBBB"), ("d/c.jpg", "CC"), ("é/empty", "")];

    public static async Task<byte[]> MakeAsync(ArchiveFormat format, IEnumerable<(string Name, string Text)> files)
    {
        using var bytes = new MemoryStream();
        await using var writer = ArchiveWriter.Create(format, bytes);
        foreach (var (name, text) in files)
        {
            var content = Encoding.UTF8.GetBytes(text);
            using var stream = new MemoryStream(content);
            await writer.WriteAsync(name, content.Length, DateTimeOffset.UnixEpoch.AddYears(40), stream, StoreFixture.Cancel);
        }
        await writer.FinishAsync(StoreFixture.Cancel);
        return bytes.ToArray();
    }

    public static async Task<List<(string Name, string Text)>> ReadAsync(ArchiveFormat format, byte[] bytes)
    {
        var files = new List<(string, string)>();
        await using var reader = await ArchiveReader.OpenAsync(format, new MemoryStream(bytes), StoreFixture.Cancel);
        while (await reader.NextAsync(StoreFixture.Cancel) is { } member)
        {
            using var text = new StreamReader(await member.OpenAsync(StoreFixture.Cancel));
            files.Add((member.Name, await text.ReadToEndAsync(StoreFixture.Cancel)));
        }
        return files;
    }

    /// <summary>Stores an object through the proxy.</summary>
    public static async Task PutAsync(TestCluster cluster, string path, byte[] bytes)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        var url = cluster.Proxy.PublicUrl.GetLeftPart(UriPartial.Authority) + path;
        for (var hop = 0; hop < 3; hop++)
        {
            using var content = new ByteArrayContent(bytes);
            using var answer = await client.PutAsync(new Uri(url), content, StoreFixture.Cancel);
            if ((int)answer.StatusCode == 307)
            {
                url = answer.Headers.Location!.ToString();
                continue;
            }
            Assert.Equal(200, (int)answer.StatusCode);
            return;
        }
        Assert.Fail("redirected in a circle");
    }

    /// <summary>Reads an object as an archive.</summary>
    public static async Task<List<(string Name, string Text)>> GetAsync(
        TestCluster cluster, string path, ArchiveFormat format)
    {
        using var answer = await cluster.FollowAsync(HttpMethod.Get, path);
        Assert.Equal(200, (int)answer.StatusCode);
        return await ReadAsync(format, await answer.Content.ReadAsByteArrayAsync(StoreFixture.Cancel));
    }
}
