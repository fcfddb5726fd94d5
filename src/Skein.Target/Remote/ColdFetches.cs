using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;
using Skein.Target.Backends;
using Skein.Target.Objects;

namespace Skein.Target.Remote;

/// <summary>
/// Fetches objects of remote buckets that are not stored here: once, however many ask at the same time. The one who asked
/// first waits until it is here; the others wait for a bounded time and are then told to come again. A fetch goes on when
/// whoever asked is gone.
/// </summary>
internal sealed class ColdFetches(
    TargetServices services, BackendSet backends, RemoteStore store, NameQueue names, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Objects that one target fetches at a time; more wait.</summary>
    public const int MaxFetches = 64;

    private readonly Dictionary<(ulong BucketId, string Name), Task> _running = [];
    private readonly SemaphoreSlim _room = new(MaxFetches, MaxFetches);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();

    /// <summary>Ends when the object is stored here.</summary>
    /// <param name="request">The object.</param>
    /// <param name="outdated">The stored object that is to be replaced; null when none is stored.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.ObjectNotFound"/> when its home has none, with <see cref="StoreErrorCode.Busy"/> when
    /// somebody else's fetch takes too long, and what the home answers.
    /// </exception>
    public async Task FetchAsync(ObjectRequest request, ObjectAttributes? outdated, CancellationToken cancellation)
    {
        var key = (request.Props.BucketId, request.Name);
        Task fetch;
        bool isFirst;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            isFirst = !_running.TryGetValue(key, out fetch!);
            if (isFirst)
            {
                _running[key] = fetch = Task.Run(() => RunAsync(request, outdated, key), CancellationToken.None);
            }
        }
        if (isFirst)
        {
            await fetch.WaitAsync(cancellation).ConfigureAwait(false);
            return;
        }
        var limit = request.Call.Metadata.Document.Config.Timeout.ColdGetConflict;
        try
        {
            await fetch.WaitAsync(limit, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new StoreException(
                StoreErrorCode.Busy,
                $"{request.Shown} is being fetched from its home for longer than {GoDuration.Format(limit)}, try again");
        }
    }

    /// <summary>Stops fetching; waits until what was under way has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (_lock)
        {
            _stop.Cancel();
            left = [.. _running.Values];
        }
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(ObjectRequest request, ObjectAttributes? outdated, (ulong, string) key)
    {
        try
        {
            await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                await FetchOnceAsync(request, outdated).ConfigureAwait(false);
            }
            finally
            {
                _room.Release();
            }
        }
        finally
        {
            lock (_lock)
            {
                _running.Remove(key);
            }
        }
    }

    private async Task FetchOnceAsync(ObjectRequest request, ObjectAttributes? outdated)
    {
        using var turn = await names.EnterAsync(request.Props.BucketId, request.Name, _stop.Token).ConfigureAwait(false);
        var here = await store.FindAsync(request, _stop.Token).ConfigureAwait(false);
        if (here is not null && here.Stamp != outdated?.Stamp)
        {
            return; // somebody stored it meanwhile
        }
        var started = time.GetTimestamp();
        var opened = await backends.Of(request.Bucket)
            .OpenAsync(request.Bucket, request.Name, null, _stop.Token).ConfigureAwait(false)
            ?? throw new StoreException(
                StoreErrorCode.ObjectNotFound, $"{services.Facts.Self.DisplayName}: {request.Shown} does not exist");
        await using (opened.ConfigureAwait(false))
        {
            var stored = await store.FetchAsync(request, opened, _stop.Token).ConfigureAwait(false);
            services.Counters.Increment(NodeCounter.ColdGet);
            services.Counters.Add(NodeCounter.ColdGetBytes, stored.Size);
            if (here is not null)
            {
                services.Counters.Increment(NodeCounter.ChangedAtHome);
                services.Counters.Add(NodeCounter.ChangedAtHomeBytes, stored.Size);
            }
            services.Counters.Add(
                NodeCounter.ColdGetNanoseconds, time.GetElapsedTime(started).Ticks * TimeSpan.NanosecondsPerTick);
        }
    }
}
