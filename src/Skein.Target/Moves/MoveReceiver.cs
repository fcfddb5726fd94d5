using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Storage.Objects;
using Skein.Target.Buckets;

namespace Skein.Target.Moves;

/// <summary>
/// Takes objects that other targets hold and this one owns: 1. are both of the same mind about who owns what? 2. hold the
/// names, so that nobody deletes them meanwhile; 3. fetch what is newer than what is here; 4. make all of it durable
/// together; 5. answer. Only then the other target removes its copies.
/// </summary>
internal sealed class MoveReceiver(
    ObjectStore store,
    BucketReferences buckets,
    PeerClient peers,
    IMetadataSource metadata,
    MoveState state,
    TimeProvider time)
{
    /// <summary>Deals with an offer.</summary>
    /// <param name="source">Who offers.</param>
    /// <param name="batch">What it offers.</param>
    /// <param name="cancellation">Cancelled when the caller is gone: nothing is committed after that.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when the owners have changed.</exception>
    public async Task<MoveAnswer> TakeAsync(NodeInfo source, MoveBatch batch, CancellationToken cancellation)
    {
        var document = metadata.Current.Document;
        if (document.Rebalance.OwnersVersion != batch.OwnersVersion)
        {
            throw new StoreException(
                StoreErrorCode.NotReady,
                $"offer under the owners of v{batch.OwnersVersion}, here are those of v{document.Rebalance.OwnersVersion}");
        }
        var outcomes = new MoveOutcome[batch.Objects.Count];
        if (document.Buckets.Find(batch.Bucket) is not { } props || props.BucketId != batch.BucketId)
        {
            return new MoveAnswer(outcomes, state.Load.Level, $"bucket \"{batch.Bucket}\" does not exist");
        }
        var bucket = buckets.Of(batch.Bucket, props);
        var held = new List<IDisposable>(batch.Objects.Count);
        try
        {
            var wanted = await SelectAsync(document, bucket, batch, outcomes, held, cancellation).ConfigureAwait(false);
            var problem = wanted.Count == 0
                ? ""
                : await FetchAsync(source, bucket, batch, wanted, outcomes, cancellation).ConfigureAwait(false);
            return new MoveAnswer(outcomes, state.Load.Level, problem);
        }
        finally
        {
            held.ForEach(holder => holder.Dispose());
        }
    }

    /// <summary>Holds the names and says what is worth fetching.</summary>
    private async Task<List<int>> SelectAsync(
        ControlDocument document,
        BucketRef bucket,
        MoveBatch batch,
        MoveOutcome[] outcomes,
        List<IDisposable> held,
        CancellationToken cancellation)
    {
        var wanted = new List<int>(batch.Objects.Count);
        for (var i = 0; i < batch.Objects.Count; i++)
        {
            var item = batch.Objects[i];
            if (document.Rebalance.Owners[^1].Owner(HrwDigest.OfObject(bucket.Name.Uname, item.Name)) != state.SelfId
                || state.Guards.TryEnter(bucket.Id, item.Name) is not { } holder)
            {
                continue; // not this target's, or somebody deletes it just now
            }
            held.Add(holder);
            var here = await store.StatAsync(bucket, item.Name, cancellation).ConfigureAwait(false);
            if (here is not null && here.Attributes.Stamp >= item.Stamp)
            {
                outcomes[i] = MoveOutcome.Superseded;
                continue;
            }
            wanted.Add(i);
        }
        return wanted;
    }

    private async Task<string> FetchAsync(
        NodeInfo source,
        BucketRef bucket,
        MoveBatch batch,
        List<int> wanted,
        MoveOutcome[] outcomes,
        CancellationToken cancellation)
    {
        var request = batch with { Objects = wanted.ConvertAll(i => batch.Objects[i]) };
        using var limit = new CancellationTokenSource(MoveLimits.TimeFor(request.Objects.Sum(item => item.Size)), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        using var content = new ByteArrayContent(MoveMessages.Encode(request));
        using var answer = await peers
            .SendAsync(
                source, NetworkKind.Data, new PeerRequest(HttpMethod.Post, MoveMessages.FetchPath, content), both.Token)
            .ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new StoreException(
                StoreErrorCode.Unreachable, $"{source.DisplayName} answered {(int)answer.StatusCode} to a fetch of objects");
        }
        var stream = await answer.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
        var arrivals = new List<Arrival>(wanted.Count);
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                foreach (var i in wanted)
                {
                    await ArriveAsync(stream, bucket, i, batch.Objects[i], outcomes, arrivals, both.Token)
                        .ConfigureAwait(false);
                }
            }
            return await CommitAsync(bucket, batch.OwnersVersion, arrivals, outcomes, cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var arrival in arrivals)
            {
                await arrival.Writer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads one object off the stream into a work file.</summary>
    private async Task ArriveAsync(
        Stream stream,
        BucketRef bucket,
        int index,
        MovingObject expected,
        MoveOutcome[] outcomes,
        List<Arrival> arrivals,
        CancellationToken cancellation)
    {
        var head = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(head, cancellation).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length == 0)
        {
            outcomes[index] = MoveOutcome.Gone;
            return;
        }
        if (length is < 0 or > MoveMessages.MaxHeaderBytes)
        {
            throw new InvalidDataException($"{length} bytes of metadata of {expected.Name}");
        }
        var header = new byte[length];
        await stream.ReadExactlyAsync(header, cancellation).ConfigureAwait(false);
        var attributes = ObjectAttributesCodec.Decode(header, bucket.Id)
            ?? throw new InvalidDataException($"metadata of {expected.Name} cannot be read");
        state.Clock.Observe(attributes.Stamp.Clock);
        var declared = attributes.Checksum.IsNone ? null : attributes.Checksum;
        var writer = await store
            .BeginWriteAsync(bucket, expected.Name, attributes.Size, declared?.Type, cancellation)
            .ConfigureAwait(false);
        arrivals.Add(new Arrival(index, writer, attributes));
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(attributes.Size, 1, MoveLimits.ChunkBytes));
        try
        {
            for (var left = attributes.Size; left > 0;)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, left));
                await stream.ReadExactlyAsync(part, cancellation).ConfigureAwait(false);
                await writer.WriteAsync(part, cancellation).ConfigureAwait(false);
                left -= part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<string> CommitAsync(
        BucketRef bucket, long ownersVersion, List<Arrival> arrivals, MoveOutcome[] outcomes, CancellationToken cancellation)
    {
        using var passage = state.Commits.Enter(metadata.Current.Document.Rebalance.OwnersVersion);
        bool IsStillOwner() => !cancellation.IsCancellationRequested
            && metadata.Current.Document.Rebalance.OwnersVersion == ownersVersion;
        var results = await store
            .CommitBatchAsync(
                arrivals.ConvertAll(
                    arrival => new BatchWrite(arrival.Writer, WriteCommit.OfCopy(arrival.Attributes), IsStillOwner)),
                CancellationToken.None)
            .ConfigureAwait(false);
        var problem = "";
        for (var i = 0; i < arrivals.Count; i++)
        {
            var (arrival, result) = (arrivals[i], results[i]);
            outcomes[arrival.Index] = result switch
            {
                { Error: { } error } => error.Code == StoreErrorCode.BadChecksum ? MoveOutcome.Failed : MoveOutcome.Retry,
                { Attributes: { } stored } => stored.Stamp == arrival.Attributes.Stamp
                    ? MoveOutcome.Taken
                    : MoveOutcome.Superseded,
                _ => MoveOutcome.Retry,
            };
            if (outcomes[arrival.Index] == MoveOutcome.Taken)
            {
                state.Received?.Invoke(arrival.Attributes.Size);
            }
            if (problem.Length == 0 && result.Error is { } first)
            {
                problem = first.Message;
            }
        }
        return problem;
    }

    private sealed record Arrival(int Index, ObjectWriter Writer, ObjectAttributes Attributes);
}
