using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Node.CommandLine;

namespace Skein.Node.Telemetry;

/// <summary>Where the log of a node goes: JSON lines to a file, plain lines to the console.</summary>
internal static class LoggingSetup
{
    /// <summary>Makes the loggers.</summary>
    /// <exception cref="StoreException">When the log folder cannot be used.</exception>
    public static NodeLoggers Create(NodeStartup startup, TimeProvider time) => Create(startup, time, builder =>
        builder.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        }));

    /// <summary>Makes loggers that write to the file only.</summary>
    /// <exception cref="StoreException">When the log folder cannot be used.</exception>
    public static NodeLoggers CreateFiles(NodeStartup startup, TimeProvider time) => Create(startup, time, _ => { });

    private static NodeLoggers Create(NodeStartup startup, TimeProvider time, Action<ILoggingBuilder> addMore)
    {
        var settings = startup.Cluster.Log;
        JsonFileLoggerProvider file;
        try
        {
            file = new JsonFileLoggerProvider(startup.Node.LogDirectory, settings.MaxSize, settings.MaxTotal, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"log folder {startup.Node.LogDirectory} (log_dir) cannot be used: {e.Message}", e);
        }
        return new NodeLoggers(file, LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(Level(settings.Level));
            builder.AddFilter("Microsoft", LogLevel.Warning);
            builder.AddProvider(file);
            addMore(builder);
        }));
    }

    /// <summary>AIStore's levels run from 0 to 5; more is more verbose. The default is 3.</summary>
    private static LogLevel Level(string level) => level switch
    {
        "0" => LogLevel.Error,
        "1" or "2" => LogLevel.Warning,
        "4" => LogLevel.Debug,
        "5" => LogLevel.Trace,
        _ => LogLevel.Information,
    };
}

/// <summary>The loggers of a node, with the files that they write.</summary>
/// <param name="files">The files.</param>
/// <param name="loggers">The loggers; disposed with this.</param>
internal sealed class NodeLoggers(INodeLogs files, ILoggerFactory loggers) : ILoggerFactory
{
    /// <summary>The files.</summary>
    public INodeLogs Files => files;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        loggers.Dispose();
        (files as IDisposable)?.Dispose(); // the factory disposes only of what it has made itself
    }
}
