using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;
using Skein.Storage.Listing;
using Skein.Storage.Objects;
using Skein.Target.Buckets;

namespace Skein.Target.Moves;

/// <summary>
/// One look through all objects of this target: 1. wait for the writes that older owners let in; 2. go through the listing
/// of every bucket; 3. hand what belongs elsewhere to its owner in batches, some at a time; 4. begin again with what could
/// not be moved, more slowly; 5. make the removals durable. It reads names only, so that a second look costs little.
/// </summary>
internal sealed class RebalanceWalk(
    ObjectStore store,
    BucketReferences buckets,
    MoveSender sender,
    MoveState state,
    TimeProvider time,
    ILogger log)
{
    /// <summary>Runs until this target is clean, or nothing could be moved for as long as the configuration waits.</summary>
    /// <param name="document">The owners.</param>
    /// <param name="moves">False to look only: the walk ends with the first object that belongs elsewhere.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>True when nothing is here that belongs elsewhere.</returns>
    public async Task<bool> RunAsync(
        ControlDocument document, bool moves, IMoveProgress progress, CancellationToken cancellation)
    {
        await state.Commits.DrainBelowAsync(document.Rebalance.OwnersVersion, cancellation).ConfigureAwait(false);
        var patience = document.Config.Rebalance.DestinationRetryTime;
        var lastProgress = time.GetTimestamp();
        var pause = MoveLimits.ShortestPause;
        var batchObjects = MoveLimits.BatchObjects;
        while (true)
        {
            var pass = new Pass();
            try
            {
                await PassAsync(document, moves, batchObjects, pass, progress, cancellation).ConfigureAwait(false);
                if (pass.Left == 0 && await IsEmptyAsync(document, pass, cancellation).ConfigureAwait(false))
                {
                    await store.FlushAsync(cancellation).ConfigureAwait(false);
                    return true;
                }
            }
            catch (Exception e) when (e is StoreException or IOException)
            {
                // A mountpath or an index that is not there now: nothing can be said of what it holds.
                pass.Note(e.Message, int.MaxValue);
            }
            if (!moves && pass.Left != int.MaxValue)
            {
                return false;
            }
            if (pass.Moved != 0)
            {
                (lastProgress, pause) = (time.GetTimestamp(), MoveLimits.ShortestPause);
            }
            if (time.GetElapsedTime(lastProgress) > patience)
            {
                TargetLog.RebalanceGivesUp(log, document.Rebalance.Id, pass.Problem);
                return false;
            }
            TargetLog.RebalanceTriesAgain(log, document.Rebalance.Id, pass.Left, pass.Problem);
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            pause = pause * 2 < MoveLimits.LongestPause ? pause * 2 : MoveLimits.LongestPause;
            batchObjects = Math.Max(1, batchObjects / 8); // one that always fails must not keep others from going
        }
    }

    private async Task PassAsync(
        ControlDocument document,
        bool moves,
        int batchObjects,
        Pass pass,
        IMoveProgress progress,
        CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = new Dictionary<string, Lane>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, props) in document.Buckets.Buckets)
            {
                var bucket = buckets.Of(name, props);
                var open = new Dictionary<string, OpenBatch>(StringComparer.Ordinal);
                var query = new ListQuery { Limit = MoveLimits.PageNames, Fields = ListFields.Size };
                await foreach (var entry in store.ScanAsync(bucket, query, stop.Token).ConfigureAwait(false))
                {
                    var owner = document.Map.Owner(HrwDigest.OfObject(bucket.Name.Uname, entry.Name));
                    if (owner is null || owner.Id == state.SelfId)
                    {
                        continue;
                    }
                    if (!moves)
                    {
                        pass.Note("", 1);
                        return;
                    }
                    var lane = LaneTo(lanes, owner, document, pass, progress, stop.Token);
                    var item = new MovingObject(entry.Name, entry.Attributes!.Stamp, entry.Attributes.Size);
                    if (Add(open, owner.Id, item, Math.Min(batchObjects, MoveLimits.BatchAt(state.LoadHereAndThere))) is { } full)
                    {
                        await lane.WriteAsync(Batch(document, bucket, full), bucket, stop.Token).ConfigureAwait(false);
                    }
                }
                foreach (var (id, rest) in open)
                {
                    await lanes[id].WriteAsync(Batch(document, bucket, rest.Objects), bucket, stop.Token)
                        .ConfigureAwait(false);
                }
            }
            await Task.WhenAll(lanes.Values.Select(lane => lane.FinishAsync())).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(lanes.Values.Select(lane => lane.FinishAsync()))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Adds to the owner's batch; answers the batch when it is full, and the next one begins.</summary>
    private static List<MovingObject>? Add(
        Dictionary<string, OpenBatch> open, string owner, MovingObject item, int most)
    {
        var batch = open.GetValueOrDefault(owner) ?? new OpenBatch([], 0);
        batch.Objects.Add(item);
        var bytes = batch.Bytes + item.Size;
        if (batch.Objects.Count < most && bytes < MoveLimits.BatchBytes)
        {
            open[owner] = batch with { Bytes = bytes };
            return null;
        }
        open.Remove(owner);
        return batch.Objects;
    }

    private static MoveBatch Batch(ControlDocument document, BucketRef bucket, List<MovingObject> objects) =>
        new(bucket.Name, bucket.Id, document.Rebalance.OwnersVersion, objects);

    private Lane LaneTo(
        Dictionary<string, Lane> lanes,
        NodeInfo owner,
        ControlDocument document,
        Pass pass,
        IMoveProgress progress,
        CancellationToken cancellation)
    {
        if (!lanes.TryGetValue(owner.Id, out var lane))
        {
            var workers = Math.Max(1, document.Config.Rebalance.BundleMultiplier);
            lanes[owner.Id] = lane = new Lane(
                workers, (batch, bucket) => MoveAsync(owner, bucket, batch, pass, progress, cancellation));
        }
        return lane;
    }

    /// <summary>Moves one batch and then leaves clients their share of the time.</summary>
    private async Task MoveAsync(
        NodeInfo owner,
        BucketRef bucket,
        MoveBatch batch,
        Pass pass,
        IMoveProgress progress,
        CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var result = await sender.SendAsync(owner, bucket, batch, progress, cancellation).ConfigureAwait(false);
            state.LoadThere = result.Load;
            pass.Done(batch.Objects.Count - result.Left);
            if (result.Left != 0)
            {
                pass.Note(result.Problem, result.Left);
            }
        }
        catch (Exception e) when (e is StoreException or IOException)
        {
            pass.Note(e.Message, batch.Objects.Count);
        }
        var pause = MoveLimits.PauseAt(state.LoadHereAndThere);
        if (pause != 0)
        {
            await Task.Delay(time.GetElapsedTime(started) * pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A target that owns nothing is about to be let go: not the index, its disks are asked whether they are empty.
    /// </summary>
    private async Task<bool> IsEmptyAsync(ControlDocument document, Pass pass, CancellationToken cancellation)
    {
        if (document.Map.ActiveTargets.Any(node => node.Id == state.SelfId) || document.Map.ActiveTargets.Count == 0)
        {
            return true;
        }
        await foreach (var found in store.FindOnDisksAsync(
            (bucket, id, _) => document.Buckets.Find(bucket)?.BucketId == id, cancellation).ConfigureAwait(false))
        {
            pass.Note($"{found.Bucket}/{found.Name} is on {found.Mountpath} and in no listing", 1);
            return false;
        }
        return true;
    }

    /// <summary>A batch that is being filled.</summary>
    private sealed record OpenBatch(List<MovingObject> Objects, long Bytes);

    /// <summary>What one pass has done. Thread-safe.</summary>
    private sealed class Pass
    {
        private readonly Lock _gate = new();

        public int Left { get; private set; }

        public int Moved { get; private set; }

        public string Problem { get; private set; } = "";

        public void Done(int objects)
        {
            lock (_gate)
            {
                Moved += objects;
            }
        }

        public void Note(string problem, int left)
        {
            lock (_gate)
            {
                Left = (int)Math.Min(int.MaxValue, (long)Left + left);
                Problem = Problem.Length == 0 ? problem : Problem;
            }
        }
    }

    /// <summary>The way to one owner: a few batches at a time, and as many that wait.</summary>
    private sealed class Lane
    {
        private readonly Channel<(MoveBatch Batch, BucketRef Bucket)> _waiting;
        private readonly Task _workers;

        public Lane(int workers, Func<MoveBatch, BucketRef, Task> move)
        {
            _waiting = Channel.CreateBounded<(MoveBatch, BucketRef)>(workers);
            _workers = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
            {
                await foreach (var (batch, bucket) in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
                {
                    await move(batch, bucket).ConfigureAwait(false);
                }
            })));
        }

        public async Task WriteAsync(MoveBatch batch, BucketRef bucket, CancellationToken cancellation)
        {
            var written = _waiting.Writer.WriteAsync((batch, bucket), cancellation).AsTask();
            await Task.WhenAny(written, _workers).ConfigureAwait(false); // workers end early only by an error
            if (_workers.IsCompleted)
            {
                await _workers.ConfigureAwait(false);
            }
            await written.ConfigureAwait(false);
        }

        public Task FinishAsync()
        {
            _waiting.Writer.TryComplete();
            return _workers;
        }
    }
}
