using System.Net;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Storage.Objects;

namespace Skein.Target.Moves;

/// <summary>What became of a batch.</summary>
/// <param name="Left">Objects that are still here and belong elsewhere.</param>
/// <param name="Load">How much clients want of the owner at the moment.</param>
/// <param name="Problem">The first thing that went wrong; empty for nothing.</param>
internal readonly record struct MoveResult(int Left, LoadLevel Load, string Problem);

/// <summary>
/// Offers a batch of objects to their owner and removes what the owner has on its disk. The names are held from before the
/// offer until the removal is durable, so that a delete that the owner asks of this target waits for it.
/// </summary>
internal sealed class MoveSender(ObjectStore store, PeerClient peers, MoveState state, TimeProvider time)
{
    public async Task<MoveResult> SendAsync(
        NodeInfo owner, BucketRef bucket, MoveBatch batch, IMoveProgress progress, CancellationToken cancellation)
    {
        var held = new List<IDisposable>(batch.Objects.Count);
        try
        {
            var free = new List<MovingObject>(batch.Objects.Count);
            foreach (var item in batch.Objects)
            {
                if (state.Guards.TryEnter(batch.BucketId, item.Name) is { } holder)
                {
                    held.Add(holder);
                    free.Add(item);
                }
            }
            if (free.Count == 0)
            {
                return new MoveResult(batch.Objects.Count, LoadLevel.Idle, "");
            }
            var answer = await OfferAsync(owner, batch with { Objects = free }, cancellation).ConfigureAwait(false);
            var left = batch.Objects.Count - free.Count;
            left += await RemoveAsync(bucket, free, answer, progress).ConfigureAwait(false);
            return new MoveResult(left, answer.Load, answer.Problem);
        }
        finally
        {
            held.ForEach(holder => holder.Dispose());
        }
    }

    private async Task<MoveAnswer> OfferAsync(NodeInfo owner, MoveBatch batch, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(MoveLimits.TimeFor(batch.Objects.Sum(item => item.Size)), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var content = new ByteArrayContent(MoveMessages.Encode(batch));
        try
        {
            using var answer = await peers
                .SendAsync(
                    owner, NetworkKind.Data, new PeerRequest(HttpMethod.Post, MoveMessages.OfferPath, content), both.Token)
                .ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new StoreException(
                    StoreErrorCode.Unreachable, $"{owner.DisplayName} answered {(int)answer.StatusCode} to an offer");
            }
            await answer.Content.LoadIntoBufferAsync(MoveLimits.MessageBytes, both.Token).ConfigureAwait(false);
            var bytes = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return MoveMessages.DecodeAnswer(bytes, batch.Objects.Count);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"{owner.DisplayName} did not answer an offer in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"{owner.DisplayName}: {e.Message}", e);
        }
    }

    /// <summary>Removes what the owner has; returns how many objects stay.</summary>
    private async Task<int> RemoveAsync(
        BucketRef bucket, List<MovingObject> offered, MoveAnswer answer, IMoveProgress progress)
    {
        var removable = new List<(string Name, WriteStamp Stamp)>(offered.Count);
        var left = 0;
        for (var i = 0; i < offered.Count; i++)
        {
            switch (answer.Outcomes[i])
            {
                case MoveOutcome.Taken:
                    progress.Sent(offered[i].Size);
                    removable.Add((offered[i].Name, offered[i].Stamp));
                    break;
                case MoveOutcome.Superseded:
                    removable.Add((offered[i].Name, offered[i].Stamp));
                    break;
                case MoveOutcome.Gone:
                    break;
                case MoveOutcome.Failed:
                    progress.Failed($"{bucket.Name}/{offered[i].Name}", answer.Problem);
                    left++;
                    break;
                default:
                    left++;
                    break;
            }
        }
        if (removable.Count != 0)
        {
            // Not to be given up half-way: the names are free again when it is on disk.
            await store.RemoveBatchAsync(bucket, removable, durable: true, CancellationToken.None).ConfigureAwait(false);
        }
        return left;
    }
}

/// <summary>Told how far a rebalance is.</summary>
internal interface IMoveProgress
{
    /// <summary>An object is on its owner's disk.</summary>
    void Sent(long bytes);

    /// <summary>An object cannot be moved.</summary>
    void Failed(string name, string problem);
}
