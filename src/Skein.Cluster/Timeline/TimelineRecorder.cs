using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skein.Cluster.Metadata;
using Skein.Core.Maps;

namespace Skein.Cluster.Timeline;

/// <summary>
/// Follows the feed of committed documents and writes each to the timeline, on a loop of its own: neither the consensus
/// nor the disk waits for the other. When the queue is full a document is left out, which shows as a gap.
/// </summary>
public sealed class TimelineRecorder : IAsyncDisposable
{
    /// <summary>Most documents that wait to be written.</summary>
    public const int MaxQueued = 256;

    private readonly TimelineFile _file;
    private readonly ILogger<TimelineRecorder> _log;
    private readonly Channel<Item> _queue;
    private readonly IDisposable _subscription;
    private readonly Task _writing;

    /// <summary>Starts to follow.</summary>
    /// <param name="file">Where the timeline is kept.</param>
    /// <param name="feed">Committed documents.</param>
    /// <param name="log">Log.</param>
    public TimelineRecorder(TimelineFile file, MetadataFeed feed, ILogger<TimelineRecorder> log)
    {
        _file = file;
        _log = log;
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
        _subscription = feed.Subscribe(Enqueue);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Writes what is waiting and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    /// <summary>Ends when everything that was published before the call is written, or could not be.</summary>
    public async Task CaughtUpAsync(CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_queue.Writer.TryWrite(new Item(null, done)))
        {
            await done.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void Enqueue(SealedDocument document)
    {
        if (!_queue.Writer.TryWrite(new Item(document, null)))
        {
            ClusterLog.TimelineLeftOut(_log, document.Stamp);
        }
    }

    private async Task WriteAsync()
    {
        await foreach (var (document, done) in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            done?.TrySetResult();
            if (document is null)
            {
                continue;
            }
            try
            {
                _file.Append(document);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                ClusterLog.TimelineNotStored(_log, document.Stamp, e.Message);
            }
        }
    }

    /// <summary>A document to write, or somebody who waits for those before.</summary>
    private readonly record struct Item(SealedDocument? Document, TaskCompletionSource? Done);
}
