using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Skein.TestKit.Http;

/// <summary>A small HTTP server with one file, which it does not send before it is told to.</summary>
public sealed class GatedFile : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<string> _content = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    /// <summary>Starts to listen.</summary>
    public GatedFile()
    {
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/file.txt";
        _serving = ServeAsync();
    }

    /// <summary>Where the file is.</summary>
    public string Url { get; }

    /// <summary>Ends when somebody has asked for the file.</summary>
    public Task Asked => _asked.Task.WaitAsync(Poll.Limit, TimeProvider.System);

    /// <summary>Sends the file to whoever has asked.</summary>
    public void Open(string content) => _content.TrySetResult(content);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_end.Token);
            await using var stream = client.GetStream();
            var request = new byte[4096];
            await stream.ReadAtLeastAsync(request, 16, throwOnEndOfStream: false, _end.Token);
            _asked.TrySetResult();
            var content = Encoding.UTF8.GetBytes(await _content.Task.WaitAsync(_end.Token));
            var head = $"HTTP/1.1 200 OK\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _end.Token);
            await stream.WriteAsync(content, _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The test is over, or the client gave up.
        }
    }
}
