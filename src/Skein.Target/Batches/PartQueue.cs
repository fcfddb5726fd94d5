using Skein.Core.Errors;
using Skein.Gateway.Ports;

namespace Skein.Target.Batches;

/// <summary>
/// The parts of an answer in order. Some are opened before it is their turn, so that the sources work at the same time.
/// </summary>
internal sealed class PartQueue : IAsyncDisposable
{
    private readonly BatchRequest _request;
    private readonly OpenPart _open;
    private readonly Queue<Task<BatchPart>> _opened = new(BatchLimits.Prefetch);
    private readonly CancellationTokenSource _stop;
    private int _next;
    private bool _isDisposed;

    public PartQueue(BatchRequest request, OpenPart open, CancellationToken cancellation)
    {
        (_request, _open) = (request, open);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Fill();
    }

    /// <summary>Waits for the first parts: what is missing among them can still be said before the answer begins.</summary>
    /// <exception cref="StoreException">When one is missing and may not be.</exception>
    public async Task StartAsync()
    {
        foreach (var part in _opened.ToArray())
        {
            await part.ConfigureAwait(false);
        }
    }

    /// <summary>The next part; the caller's to dispose. To be called once for each item.</summary>
    /// <exception cref="StoreException">When it is missing and may not be.</exception>
    public async Task<BatchPart> TakeAsync()
    {
        var part = await _opened.Peek().ConfigureAwait(false);
        _ = _opened.Dequeue();
        Fill();
        return part;
    }

    /// <summary>Gives up what was opened and not taken.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        while (_opened.TryDequeue(out var opened))
        {
            await ((Task)opened).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (opened.IsCompletedSuccessfully)
            {
                await (await opened.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }
        _stop.Dispose();
    }

    private void Fill()
    {
        while (_opened.Count < BatchLimits.Prefetch && _next < _request.Items.Count)
        {
            _opened.Enqueue(OpenAsync(_request.Items[_next++]));
        }
    }

    private async Task<BatchPart> OpenAsync(BatchItem item)
    {
        try
        {
            return await _open.RunAsync(_request.Call, item, _stop.Token).ConfigureAwait(false);
        }
        catch (StoreException error) when (_request.Message.ContinueOnError && error.Code
            is StoreErrorCode.ObjectNotFound or StoreErrorCode.NotFound or StoreErrorCode.BucketNotFound)
        {
            return BatchPart.OfMissing(error.Message);
        }
    }
}
