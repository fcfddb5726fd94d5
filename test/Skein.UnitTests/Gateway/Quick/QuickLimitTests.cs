using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Transport;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway.Quick;

/// <summary>How many connections there may be, how long they may be silent, and how they end with the server.</summary>
public sealed class QuickLimitTests
{
    private const int Size = 20 << 20;

    /// <summary>More than the kernel holds of an answer, and soon read.</summary>
    private const int Rest = 8 << 20;

    [Fact]
    public async Task One_connection_too_many_is_closed_and_makes_place_when_another_ends()
    {
        await using var fixture = await StartAsync(responder =>
            new DirectTransport(responder, NullLogger.Instance) { MaxConnections = 2 });
        using var first = await QuickFixture.ConnectAsync(fixture.Direct);
        using var second = await QuickFixture.ConnectAsync(fixture.Direct);
        await AskAsync(first);
        await AskAsync(second);
        using (var third = await QuickFixture.ConnectAsync(fixture.Direct))
        {
            Assert.Equal(0, await QuickFixture.ReadToEndAsync(third));
        }
        await AskAsync(first);
        first.Dispose();
        second.Dispose();
        await fixture.UntilNobodyAsync();
        using var fourth = await QuickFixture.ConnectAsync(fixture.Direct);
        await AskAsync(fourth);
    }

    [Fact]
    public async Task Who_is_silent_after_an_answer_is_disconnected()
    {
        await using var fixture = await StartAsync(responder =>
            new DirectTransport(responder, NullLogger.Instance) { KeepAlive = TimeSpan.FromSeconds(1) });
        using var silent = await QuickFixture.ConnectAsync(fixture.Direct);
        await AskAsync(silent);
        Assert.Equal(0, await QuickFixture.ReadToEndAsync(silent));
        await fixture.UntilNobodyAsync();
    }

    [Fact]
    public async Task Who_takes_nothing_of_an_answer_is_disconnected()
    {
        await using var fixture = await StartAsync(responder =>
            new DirectTransport(responder, NullLogger.Instance) { SendStall = TimeSpan.FromSeconds(1) });
        await fixture.PutAsync("big", QuickFixture.Text(Size));
        using var stalled = await QuickFixture.ConnectAsync(fixture.Direct, receiveBuffer: 4096);
        await stalled.SendAsync(QuickFixture.Get("big"), StoreFixture.Cancel);
        await fixture.UntilNobodyAsync();
        Assert.True(await QuickFixture.ReadToEndAsync(stalled) < Size);
    }

    [Fact]
    public async Task A_server_that_stops_ends_the_answers_under_way_and_closes_what_is_idle()
    {
        await using var fixture = await StartAsync(null);
        await fixture.PutAsync("big", QuickFixture.Text(Rest));
        using var idle = await QuickFixture.ConnectAsync(fixture.Direct);
        await AskAsync(idle);
        using var busy = await QuickFixture.ConnectAsync(fixture.Direct, receiveBuffer: 1 << 16);
        await busy.SendAsync(QuickFixture.Get("big"), StoreFixture.Cancel);
        await QuickFixture.ReadHeadAsync(busy);
        var stopping = fixture.StopDirectAsync();
        Assert.Equal(0, await QuickFixture.ReadToEndAsync(idle));
        Assert.Equal(Rest, await QuickFixture.ReadToEndAsync(busy));
        await stopping;
        await fixture.UntilNobodyAsync();
        await Assert.ThrowsAnyAsync<SocketException>(() => QuickFixture.ConnectAsync(fixture.Direct));
    }

    [Fact]
    public async Task A_server_that_stops_waits_no_longer_than_its_patience_for_who_takes_nothing()
    {
        await using var fixture = await StartAsync(null);
        await fixture.PutAsync("big", QuickFixture.Text(Size));
        using var stalled = await QuickFixture.ConnectAsync(fixture.Direct, receiveBuffer: 4096);
        await stalled.SendAsync(QuickFixture.Get("big"), StoreFixture.Cancel);
        await QuickFixture.ReadHeadAsync(stalled);
        await fixture.StopDirectAsync();
        await fixture.UntilNobodyAsync();
        Assert.True(await QuickFixture.ReadToEndAsync(stalled) < Size);
    }

    private static async Task<QuickFixture> StartAsync(Func<IQuickResponder, DirectTransport>? make)
    {
        var fixture = new QuickFixture { MakeTransport = make };
        await fixture.InitializeAsync();
        return fixture;
    }

    private static async Task AskAsync(Socket client)
    {
        await client.SendAsync(QuickFixture.Get("small"), StoreFixture.Cancel);
        await QuickFixture.ReadHeadAsync(client);
        var body = new byte[5];
        Assert.Equal(5, await client.ReceiveAsync(body, StoreFixture.Cancel));
        Assert.Equal("hello", Encoding.ASCII.GetString(body));
    }
}
