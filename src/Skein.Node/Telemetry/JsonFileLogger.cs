using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Node.Telemetry;

/// <summary>
/// Writes the log as one JSON object a line to <c>skeind.log</c>, turned over to <c>skeind.log.1</c> and so on when it
/// has grown to its limit. When the disk cannot keep up lines are dropped and counted, so that logging never stops the
/// node.
/// </summary>
internal sealed class JsonFileLoggerProvider : ILoggerProvider, INodeLogs
{
    private const int QueueLength = 8192;

    private readonly Channel<ReadOnlyMemory<byte>> _lines;
    private readonly string _path;
    private readonly long _maxSize;
    private readonly int _maxFiles;
    private readonly TimeProvider _time;
    private readonly Task _writer;
    private long _dropped;
    private volatile bool _turnsOver;

    /// <summary>Starts writing.</summary>
    /// <param name="folder">Log folder; made when missing.</param>
    /// <param name="maxSize">Bytes at which a file is turned over.</param>
    /// <param name="maxTotal">Bytes that all files together may take.</param>
    /// <param name="time">Clock of the time stamps.</param>
    public JsonFileLoggerProvider(string folder, long maxSize, long maxTotal, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, "skeind.log");
        _maxSize = Math.Max(64 << 10, maxSize);
        _maxFiles = (int)Math.Clamp(maxTotal / _maxSize, 2, 1000);
        _time = time;
        _lines = Channel.CreateBounded<ReadOnlyMemory<byte>>(
            new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite },
            _ => Interlocked.Increment(ref _dropped));
        _writer = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public string CurrentFile => _path;

    /// <inheritdoc/>
    public IReadOnlyList<string> Files =>
        [.. Enumerable.Range(0, _maxFiles).Select(i => i == 0 ? _path : $"{_path}.{i}").Where(File.Exists)];

    /// <inheritdoc/>
    public void Rotate()
    {
        _turnsOver = true;
        // The writer looks when there is something to write.
        Write(LogLevel.Information, "Skein.Node", default, "The log is turned over on request.", null, null);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new JsonFileLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _writer.GetAwaiter().GetResult();
    }

    internal void Write(LogLevel level, string category, EventId id, string message, Exception? error, object? state)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", _time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", level.ToString());
            json.WriteString("area", category);
            json.WriteNumber("id", id.Id);
            json.WriteString("message", message);
            if (RequestIds.Current is { } request)
            {
                json.WriteString("request", request);
            }
            if (state is IReadOnlyList<KeyValuePair<string, object?>> fields)
            {
                foreach (var (key, value) in fields)
                {
                    if (key != "{OriginalFormat}")
                    {
                        json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
                    }
                }
            }
            if (error is not null)
            {
                json.WriteString("error", error.ToString());
            }
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        _lines.Writer.TryWrite(buffer.WrittenMemory);
    }

    private async Task WriteAsync()
    {
        var file = Open();
        try
        {
            while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_lines.Reader.TryRead(out var line))
                {
                    await file.WriteAsync(line).ConfigureAwait(false);
                }
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                {
                    await file.WriteAsync(Encoding.UTF8.GetBytes($"{{\"dropped\":{dropped}}}\n")).ConfigureAwait(false);
                }
                await file.FlushAsync().ConfigureAwait(false);
                if (file.Length >= _maxSize || _turnsOver)
                {
                    _turnsOver = false;
                    await file.DisposeAsync().ConfigureAwait(false);
                    TurnOver();
                    file = Open();
                }
            }
        }
        catch (IOException e)
        {
            await System.Console.Error.WriteLineAsync($"skeind: cannot write {_path}: {e.Message}").ConfigureAwait(false);
            await foreach (var _ in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                // Keep the queue empty; the console still has the log.
            }
        }
        finally
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 32 << 10);

    private void TurnOver()
    {
        for (var i = _maxFiles - 2; i >= 0; i--)
        {
            var from = i == 0 ? _path : $"{_path}.{i}";
            if (File.Exists(from))
            {
                File.Move(from, $"{_path}.{i + 1}", overwrite: true);
            }
        }
    }

    private sealed class JsonFileLogger(JsonFileLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, category, eventId, formatter(state, exception), exception, state);
            }
        }
    }
}
