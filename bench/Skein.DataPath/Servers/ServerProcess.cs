using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Skein.TestKit;

namespace Skein.DataPath.Servers;

/// <summary>A server to compare with: one process on the servers' core, killed when it is disposed of.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Starts a program and waits until it accepts connections.</summary>
    /// <param name="port">Where it is told to listen, on loopback.</param>
    /// <param name="command">The program and its arguments.</param>
    public static async Task<ServerProcess> StartAsync(int port, params string[] command)
    {
        string[] pinned = [.. Cores.OfServers.Command, .. command];
        var process = Process.Start(new ProcessStartInfo(pinned[0], pinned[1..]) { RedirectStandardInput = true })!;
        var server = new ServerProcess(process);
        try
        {
            await Poll.UntilAsync(() => WhyNotReadyAsync(process, port));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private static async Task<string?> WhyNotReadyAsync(Process process, int port)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"{process.StartInfo.FileName} ended with {process.ExitCode}"));
        }
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return null;
        }
        catch (SocketException error)
        {
            return error.Message;
        }
    }
}
