using System.Net.Sockets;
using System.Text;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway;

/// <summary>HTTP by hand, for requests that no client library sends and answers that have to be exact.</summary>
internal static class RawHttp
{
    /// <summary>Sends the text and reads until the server closes. Line ends are written as CR LF.</summary>
    public static async Task<string> ExchangeAsync(Uri server, string request, bool halfClose = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, StoreFixture.Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes(request.ReplaceLineEndings("\r\n")), StoreFixture.Cancel);
        if (halfClose)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StoreFixture.Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Closed with unread bytes: what was received counts.
        }
        return Encoding.UTF8.GetString(answer.ToArray()).ReplaceLineEndings("\n");
    }

    /// <summary>A request without a body, after which the server closes.</summary>
    public static Task<string> GetAsync(Uri server, string target, string method = "GET") =>
        ExchangeAsync(server, $"{method} {target} HTTP/1.1\nHost: h\nConnection: close\n\n");

    /// <summary>The body of an answer.</summary>
    public static string Body(string answer) => answer[(answer.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];

    /// <summary>The status line and headers of an answer, without Date and Connection.</summary>
    public static string[] Head(string answer) =>
    [
        .. answer[..answer.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n').Where(line =>
            !line.StartsWith("Date:", StringComparison.Ordinal)
            && !line.StartsWith("Connection:", StringComparison.Ordinal)),
    ];
}
