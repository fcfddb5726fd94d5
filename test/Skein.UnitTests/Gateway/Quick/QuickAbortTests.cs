using System.Net.Sockets;
using System.Text;
using Skein.TestKit;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway.Quick;

/// <summary>Clients that are slow or go away, files that change under an answer, and the end of the server.</summary>
public sealed class QuickAbortTests(QuickFixture fixture) : IClassFixture<QuickFixture>
{
    private const int Size = 20 << 20;

    [Fact]
    public async Task A_slow_reader_gets_every_byte_and_then_the_next_answer()
    {
        var text = QuickFixture.Text(Size);
        await fixture.PutAsync("slow", text);
        using var client = await QuickFixture.ConnectAsync(fixture.Direct, receiveBuffer: 4096);
        await client.SendAsync(QuickFixture.Get("slow"), StoreFixture.Cancel);
        await client.SendAsync(QuickFixture.Get("small"), StoreFixture.Cancel);
        await QuickFixture.ReadHeadAsync(client);
        var body = new byte[Size];
        for (var read = 0; read < Size;)
        {
            var count = await client.ReceiveAsync(body.AsMemory(read, Math.Min(30_000, Size - read)), StoreFixture.Cancel);
            Assert.NotEqual(0, count);
            read += count;
        }
        Assert.Equal(text, Encoding.ASCII.GetString(body));
        await QuickFixture.ReadHeadAsync(client);
        var next = new byte[5];
        Assert.Equal(5, await client.ReceiveAsync(next, StoreFixture.Cancel));
        Assert.Equal("hello", Encoding.ASCII.GetString(next));
    }

    [Fact]
    public async Task A_reader_that_goes_away_leaves_no_connection_and_no_file()
    {
        await fixture.PutAsync("left", QuickFixture.Text(Size));
        foreach (var bytes in new[] { 0, 1, 100, 1000, 1 << 20 })
        {
            using var client = await QuickFixture.ConnectAsync(fixture.Direct, receiveBuffer: 4096);
            await client.SendAsync(QuickFixture.Get("left"), StoreFixture.Cancel);
            var taken = new byte[Math.Max(1, bytes)];
            for (var read = 0; read < bytes;)
            {
                read += await client.ReceiveAsync(taken.AsMemory(0, bytes - read), StoreFixture.Cancel);
            }
            client.LingerState = new LingerOption(bytes % 2 == 0, 0);
        }
        await fixture.UntilNobodyAsync();
        await fixture.DeleteAsync("left");
        await Poll.UntilAsync(() => Task.FromResult(
            OpenDescriptors("/left") is { Count: > 0 } open ? $"open: {string.Join(' ', open)}" : null));
    }

    [Fact]
    public async Task What_is_replaced_or_deleted_is_sent_as_it_was_and_then_as_it_is()
    {
        var old = QuickFixture.Text(Size);
        await fixture.PutAsync("changing", old);
        using var client = await QuickFixture.ConnectAsync(fixture.Direct, receiveBuffer: 4096);
        await client.SendAsync(QuickFixture.Get("changing"), StoreFixture.Cancel);
        await QuickFixture.ReadHeadAsync(client);
        await fixture.PutAsync("changing", "new");
        var now = await QuickFixture.ExchangeAsync(fixture.Direct, Close("changing"));
        Assert.EndsWith("\r\n\r\nnew", now, StringComparison.Ordinal);
        await fixture.DeleteAsync("changing");
        Assert.StartsWith(
            "HTTP/1.1 404", await QuickFixture.ExchangeAsync(fixture.Direct, Close("changing")), StringComparison.Ordinal);
        var body = new byte[Size];
        for (var read = 0; read < Size;)
        {
            var count = await client.ReceiveAsync(body.AsMemory(read), StoreFixture.Cancel);
            Assert.NotEqual(0, count);
            read += count;
        }
        Assert.Equal(old, Encoding.ASCII.GetString(body));
    }

    [Fact]
    public async Task A_file_that_is_cut_short_under_the_answer_ends_the_connection()
    {
        await fixture.PutAsync("cut", QuickFixture.Text(Size));
        using var client = await QuickFixture.ConnectAsync(fixture.Direct, receiveBuffer: 4096);
        await client.SendAsync(QuickFixture.Get("cut"), StoreFixture.Cancel);
        await QuickFixture.ReadHeadAsync(client);
        var file = Directory.EnumerateFiles(fixture.Target.Disks.Root, "cut", SearchOption.AllDirectories).Single();
        await using (var writer = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            writer.SetLength(1000);
        }
        Assert.True(await QuickFixture.ReadToEndAsync(client) < Size);
        // It is no whole object any more: the quick way does not serve it either.
        Assert.StartsWith(
            "HTTP/1.1 404", await QuickFixture.ExchangeAsync(fixture.Direct, Close("cut")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_connections_at_a_time_are_all_answered_and_all_closed()
    {
        var clients = new List<Socket>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                clients.Add(await QuickFixture.ConnectAsync(fixture.Direct));
            }
            for (var round = 0; round < 3; round++)
            {
                await Task.WhenAll(
                    clients.Select(client => client.SendAsync(QuickFixture.Get("small"), StoreFixture.Cancel).AsTask()));
                foreach (var client in clients)
                {
                    await QuickFixture.ReadHeadAsync(client);
                    Assert.Equal(5, await client.ReceiveAsync(new byte[5], StoreFixture.Cancel));
                }
            }
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
        await fixture.UntilNobodyAsync();
    }

    private static string Close(string name) =>
        $"GET /v1/objects/b/{name}?provider=ais HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    /// <summary>Where a descriptor leads; empty when it was closed meanwhile.</summary>
    private static string Behind(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Open files of this process whose path contains a text.</summary>
    private static List<string> OpenDescriptors(string part) =>
    [
        .. Directory.EnumerateFiles("/proc/self/fd")
            .Select(Behind)
            .Where(path => path.Contains("skein-test-", StringComparison.Ordinal)
                && path.Contains(part, StringComparison.Ordinal)),
    ];
}
