using System.Net.Sockets;
using System.Text;

namespace Skein.TestKit.Http;

/// <summary>HTTP by hand: for requests that no client library sends, and for answers that have to be exact.</summary>
public static class RawHttp
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>A request without a body.</summary>
    /// <param name="node">Base URL of a node.</param>
    /// <param name="method">Verb.</param>
    /// <param name="target">Request target, as it is to stand in the request line.</param>
    public static Task<RawReply> SendAsync(string node, string method, string target) =>
        ExchangeAsync(node, $"{method} {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", [], false);

    /// <summary>A PUT with a body of its own announced length.</summary>
    /// <param name="node">Base URL of a node.</param>
    /// <param name="target">Request target, as it is to stand in the request line.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="announced">The length that is announced; more than the body cuts the body short.</param>
    public static Task<RawReply> PutAsync(string node, string target, byte[] body, int announced) => ExchangeAsync(
        node,
        $"PUT {target} HTTP/1.1\r\nHost: h\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n",
        body,
        body.Length < announced);

    /// <summary>Sends text and bytes, and reads until the server closes.</summary>
    /// <param name="node">Base URL of a node.</param>
    /// <param name="head">Request line and headers, with the empty line.</param>
    /// <param name="body">What follows.</param>
    /// <param name="halfClose">Close the sending side after that.</param>
    public static async Task<RawReply> ExchangeAsync(string node, string head, byte[] body, bool halfClose)
    {
        var url = new Uri(node);
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, limit.Token);
        var stream = client.GetStream();
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(head), limit.Token);
            await stream.WriteAsync(body, limit.Token);
            if (halfClose)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // Closed with unread bytes: what was received counts.
        }
        return RawReply.Parse(Encoding.UTF8.GetString(answer.ToArray()));
    }
}

/// <summary>An answer as text.</summary>
/// <param name="StatusLine">First line.</param>
/// <param name="Headers">Header lines.</param>
/// <param name="Body">Body.</param>
public sealed record RawReply(string StatusLine, IReadOnlyList<string> Headers, string Body)
{
    /// <summary>Status code; 0 when there was no answer.</summary>
    public int Code => StatusLine.Split(' ') is [_, var code, ..] ? int.Parse(code, null) : 0;

    /// <summary>A header; null when it is not there.</summary>
    public string? Header(string name) => All(name) is [var first, ..] ? first : null;

    /// <summary>All values of a header that may come several times.</summary>
    public IReadOnlyList<string> All(string name) =>
    [
        .. Headers
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim()),
    ];

    /// <summary>Takes an answer apart.</summary>
    public static RawReply Parse(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return new RawReply(answer, [], "");
        }
        var lines = answer[..end].Split("\r\n");
        return new RawReply(lines[0], lines[1..], answer[(end + 4)..]);
    }
}
