using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Storage.Objects;

namespace Skein.Target.Buckets;

/// <summary>
/// Makes the disks follow the control document: a bucket that is gone, or that was destroyed and created anew, loses its
/// objects. One document after another, in the background; a failed removal is tried again with the next document.
/// </summary>
public sealed class BucketReactions : IAsyncDisposable
{
    /// <summary>Documents that wait. Only the newest matters, so one is enough.</summary>
    private const int QueueLimit = 1;

    private readonly Channel<SealedDocument> _documents = Channel.CreateBounded<SealedDocument>(
        new BoundedChannelOptions(QueueLimit) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly ObjectStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;
    private Dictionary<BucketName, ulong>? _known;

    /// <summary>Starts reacting.</summary>
    /// <param name="store">The objects.</param>
    /// <param name="logger">Log.</param>
    public BucketReactions(ObjectStore store, ILogger logger)
    {
        _store = store;
        _logger = logger;
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>
    /// Takes note of a new document; quick. Subscribe it to the node's metadata: the first document is the one that the
    /// node had on its disk, so that a bucket that was destroyed while the node was away is noticed.
    /// </summary>
    public void OnDocument(SealedDocument document)
    {
        if (_known is null)
        {
            _known = Ids(document.Document.Buckets);
            return;
        }
        _documents.Writer.TryWrite(document);
    }

    /// <summary>Stops reacting; waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        _documents.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var document in _documents.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                await FollowAsync(document.Document.Buckets).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task FollowAsync(BucketMetadata buckets)
    {
        var next = Ids(buckets);
        foreach (var (name, id) in _known!)
        {
            if (next.TryGetValue(name, out var present) && present == id)
            {
                continue;
            }
            try
            {
                await _store.DestroyBucketAsync(name, id, _stop.Token).ConfigureAwait(false);
                TargetLog.BucketDestroyed(_logger, name.ToString(), id);
            }
            catch (Exception e) when (e is StoreException or IOException)
            {
                TargetLog.BucketNotDestroyed(_logger, name.ToString(), id, e);
                next.TryAdd(name, id);
            }
        }
        _known = next;
    }

    private static Dictionary<BucketName, ulong> Ids(BucketMetadata buckets) =>
        buckets.Buckets.ToDictionary(pair => pair.Key, pair => pair.Value.BucketId);
}
