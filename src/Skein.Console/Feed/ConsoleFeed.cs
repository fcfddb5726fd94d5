using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Gateway.Pipeline;

namespace Skein.Console.Feed;

/// <summary>
/// Pushes the view of the cluster to everybody who looks, about once a second. The nodes are asked once for all of them, and
/// not at all while nobody looks.
/// </summary>
/// <param name="services">Services of the proxy.</param>
internal sealed class ConsoleFeed(Func<GatewayServices> services) : IAsyncDisposable
{
    /// <summary>How many may look at the same time.</summary>
    public const int MaxWatchers = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Channel<ReadOnlyMemory<byte>>> _watchers = [];
    private Task _loop = Task.CompletedTask;
    private ReadOnlyMemory<byte> _last;

    /// <summary>Serves one who looks until he goes or the node stops.</summary>
    /// <exception cref="StoreException">When too many look.</exception>
    public async Task ServeAsync(HttpContext context)
    {
        var channel = Channel.CreateBounded<ReadOnlyMemory<byte>>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        Enter(channel);
        try
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
            var body = context.Response.BodyWriter;
            await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            await foreach (var message in channel.Reader.ReadAllAsync(context.RequestAborted).ConfigureAwait(false))
            {
                await body.WriteAsync(message, context.RequestAborted).ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(channel);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task loop;
        lock (_gate)
        {
            _stop.Cancel();
            _watchers.ForEach(watcher => watcher.Writer.TryComplete());
            loop = _loop;
        }
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Enter(Channel<ReadOnlyMemory<byte>> channel)
    {
        lock (_gate)
        {
            if (_watchers.Count == MaxWatchers || _stop.IsCancellationRequested)
            {
                throw new StoreException(
                    StoreErrorCode.NotReady,
                    $"{MaxWatchers} consoles are open at this proxy: close one, or open another proxy's");
            }
            _watchers.Add(channel);
            if (!_last.IsEmpty)
            {
                channel.Writer.TryWrite(_last);
            }
            if (_loop.IsCompleted)
            {
                _loop = Task.Run(RunAsync);
            }
        }
    }

    private async Task RunAsync()
    {
        var proxy = services();
        var reader = new ViewReader(proxy);
        while (!_stop.IsCancellationRequested)
        {
            var view = await reader.ReadAsync(_stop.Token).ConfigureAwait(false);
            Push(Write(view));
            await Task.Delay(Pause, proxy.Time, _stop.Token).ConfigureAwait(false);
            lock (_gate)
            {
                if (_watchers.Count == 0)
                {
                    (_last, _loop) = (default, Task.CompletedTask);
                    return;
                }
            }
        }
    }

    private void Push(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            _last = message;
            _watchers.ForEach(watcher => watcher.Writer.TryWrite(message));
        }
    }

    private static ReadOnlyMemory<byte> Write(ConsoleView view)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(view, ConsoleJsonContext.Default.ConsoleView);
        return (byte[])[.. "data: "u8, .. json, .. "\n\n"u8];
    }
}
