using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Skein.TestKit.Http;

/// <summary>Stands in for an OpenTelemetry collector: takes what is sent by HTTP and keeps the bytes, by path.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    /// <summary>Most messages that are kept of one path.</summary>
    private const int MaxMessages = 100;

    private readonly ConcurrentDictionary<string, ConcurrentQueue<byte[]>> _messages = new();
    private readonly WebApplication _server;

    private OtlpCollector(WebApplication server) => _server = server;

    /// <summary>Its base URL.</summary>
    public string Url => _server.Urls.Single();

    /// <summary>Starts one on a free port of loopback.</summary>
    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        var collector = new OtlpCollector(server);
        server.Run(collector.TakeAsync);
        await server.StartAsync();
        return collector;
    }

    /// <summary>True when a message to a path has the text in it, as protobuf has names: in UTF-8, as they are.</summary>
    /// <param name="path">For example <c>/v1/metrics</c>.</param>
    /// <param name="text">The text.</param>
    public bool HasSeen(string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return _messages.TryGetValue(path, out var messages)
            && messages.Any(message => message.AsSpan().IndexOf(bytes) >= 0);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        if (context.Request.ContentType != "application/x-protobuf")
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        var messages = _messages.GetOrAdd(context.Request.Path, _ => new());
        messages.Enqueue(bytes.ToArray());
        while (messages.Count > MaxMessages)
        {
            messages.TryDequeue(out _);
        }
        context.Response.ContentType = "application/x-protobuf"; // an empty message says that all was taken
    }
}
