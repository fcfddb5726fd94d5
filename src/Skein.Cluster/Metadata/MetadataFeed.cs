using Microsoft.Extensions.Logging;
using Skein.Core.Config;
using Skein.Core.Maps;

namespace Skein.Cluster.Metadata;

/// <summary>
/// The node's present document and those who want to hear of the next. Reading is one volatile read. Only
/// <see cref="MetadataOwner"/> publishes, and only what is persisted.
/// </summary>
/// <param name="log">Where failures of subscribers go.</param>
public sealed class MetadataFeed(ILogger<MetadataFeed> log) : IMetadataSource
{
    private readonly Lock _lock = new();
    private readonly List<Action<SealedDocument>> _subscribers = [];
    private readonly List<(DocumentStamp Stamp, TaskCompletionSource Done)> _waiters = [];
    private volatile SealedDocument _committed = SealedDocument.None;
    private volatile SealedDocument _current = SealedDocument.None;
    private Func<ClusterConfig, ClusterConfig> _overlay = config => config;

    /// <inheritdoc/>
    public SealedDocument Current => _current;

    /// <summary>
    /// The present document without what this node has set for itself: what the control plane decides by. The bytes and
    /// the hash of both are the same.
    /// </summary>
    public SealedDocument Committed => _committed;

    /// <summary>
    /// Lays the node's own configuration over that of the cluster, in the present document and in every later one.
    /// </summary>
    /// <param name="overlay">The configuration in force out of that of the cluster; must not throw.</param>
    public void SetOverlay(Func<ClusterConfig, ClusterConfig> overlay)
    {
        lock (_lock)
        {
            _overlay = overlay;
            if (_committed.Document.Exists)
            {
                _current = Overlaid(_committed);
                foreach (var subscriber in _subscribers)
                {
                    Call(subscriber, _current);
                }
            }
        }
    }

    /// <summary>
    /// Calls the subscriber with the present document, if there is one, and with every later one, in order, one at a
    /// time. It must be quick and must not throw.
    /// </summary>
    /// <returns>Ends the subscription when disposed.</returns>
    public IDisposable Subscribe(Action<SealedDocument> subscriber)
    {
        lock (_lock)
        {
            _subscribers.Add(subscriber);
            if (_current.Document.Exists)
            {
                Call(subscriber, _current);
            }
        }
        return new Subscription(this, subscriber);
    }

    /// <summary>Waits until the present document has at least the stamp.</summary>
    public Task WaitForAsync(DocumentStamp stamp, CancellationToken cancellation)
    {
        TaskCompletionSource done;
        lock (_lock)
        {
            if (_current.Stamp >= stamp)
            {
                return Task.CompletedTask;
            }
            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((stamp, done));
        }
        return WaitAsync(done, cancellation);
    }

    /// <summary>Makes the document the present one.</summary>
    internal void Publish(SealedDocument document)
    {
        lock (_lock)
        {
            _committed = document;
            _current = Overlaid(document);
            foreach (var subscriber in _subscribers)
            {
                Call(subscriber, _current);
            }
            foreach (var (_, done) in _waiters.Where(waiter => waiter.Stamp <= document.Stamp))
            {
                done.TrySetResult();
            }
            _waiters.RemoveAll(waiter => waiter.Done.Task.IsCompleted);
        }
    }

    private SealedDocument Overlaid(SealedDocument document)
    {
        var config = _overlay(document.Document.Config);
        return ReferenceEquals(config, document.Document.Config)
            ? document
            : document with { Document = document.Document with { Config = config } };
    }

    private async Task WaitAsync(TaskCompletionSource done, CancellationToken cancellation)
    {
        try
        {
            await done.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _waiters.RemoveAll(waiter => waiter.Done == done);
            }
        }
    }

    private void Call(Action<SealedDocument> subscriber, SealedDocument document)
    {
        try
        {
            subscriber(document);
        }
        catch (Exception e)
        {
            ClusterLog.SubscriberFailed(log, e);
        }
    }

    private sealed class Subscription(MetadataFeed feed, Action<SealedDocument> subscriber) : IDisposable
    {
        public void Dispose()
        {
            lock (feed._lock)
            {
                feed._subscribers.Remove(subscriber);
            }
        }
    }
}
