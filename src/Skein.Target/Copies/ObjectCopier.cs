using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Storage.Objects;
using Skein.Target.Moves;
using Skein.Target.Objects;

namespace Skein.Target.Copies;

/// <summary>
/// Copies bytes that this target holds to any bucket and name of the cluster, wherever the owner of that name is: 1. who
/// owns it? 2. has the owner the same already? 3. send; the owner verifies length and checksum, and makes it durable as
/// the bucket asks. To the destination a copy is an ordinary write with a stamp of its own: it continues the version of
/// what it replaces. Thread-safe; streams, and holds one piece in memory.
/// </summary>
public sealed class ObjectCopier
{
    /// <summary>From this size in bytes the owner is asked first whether it has the same already.</summary>
    public const long AskFrom = 256 << 10;

    private readonly TargetServices _services;
    private readonly CopyReceiver _receiver;
    private readonly PeerClient _peers;
    private readonly TimeProvider _time;

    internal ObjectCopier(TargetServices services, CopyReceiver receiver, PeerClient peers, TimeProvider time)
    {
        _services = services;
        _receiver = receiver;
        _peers = peers;
        _time = time;
    }

    /// <summary>Copies an object of this target by its name; null when it is not here.</summary>
    /// <param name="from">Bucket of the object.</param>
    /// <param name="name">Its name.</param>
    /// <param name="to">Destination bucket.</param>
    /// <param name="newName">Name of the copy.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">
    /// As <see cref="CopyAsync(CopySource, BucketName, string, CancellationToken)"/>, or when the object cannot be read.
    /// </exception>
    public async Task<CopyResult?> CopyAsync(
        BucketRef from, string name, BucketName to, string newName, CancellationToken cancellation)
    {
        using var handle = await _services.Store.OpenReadAsync(from, name, cancellation).ConfigureAwait(false);
        return handle is null
            ? null
            : await CopyAsync(CopySource.Of(handle), to, newName, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Copies bytes with their custom metadata. When it returns the copy is as durable as its bucket asks, on the target
    /// that owns its name. Nothing has changed when it throws, except that after <see cref="StoreErrorCode.Unreachable"/>
    /// the copy may have been made. It does not try again by itself.
    /// </summary>
    /// <param name="source">The bytes.</param>
    /// <param name="to">Destination bucket.</param>
    /// <param name="newName">Name of the copy.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorCode.BucketNotFound"/> for a destination that does not exist;
    /// <see cref="StoreErrorCode.NotReady"/> while the owner of the name is not ready for it or has lost it: worth another
    /// attempt; <see cref="StoreErrorCode.Unreachable"/> when it does not answer; <see cref="StoreErrorCode.BadChecksum"/>
    /// when the bytes are not those of the checksum; <see cref="StoreErrorCode.NotImplemented"/> for a bucket with a
    /// remote backend, whose objects belong elsewhere; and what every write may answer, from either target.
    /// </exception>
    public async Task<CopyResult> CopyAsync(
        CopySource source, BucketName to, string newName, CancellationToken cancellation)
    {
        ObjectName.Validate(newName);
        var document = _services.Metadata.Current.Document;
        if (document.Buckets.Find(to) is not { } props)
        {
            throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{to}\" does not exist");
        }
        AccessCheck.Require(to, props, AccessPermissions.Put, isOfJob: true);
        return await StoreAsync(source, to, props, newName, cancellation).ConfigureAwait(false);
    }

    /// <summary>As <see cref="CopyAsync(CopySource, BucketName, string, CancellationToken)"/>, access being granted.</summary>
    internal async Task<CopyResult> StoreAsync(
        CopySource source, BucketName to, BucketProps props, string newName, CancellationToken cancellation)
    {
        if (to.Provider != Providers.Ais || !props.Backend.IsEmpty)
        {
            throw new StoreException(
                StoreErrorCode.NotImplemented,
                $"a copy in {to}, which has a remote backend, is not implemented: it would not get home");
        }
        var document = _services.Metadata.Current.Document;
        var owner = document.Map.Owner(HrwDigest.OfObject(to.Uname, newName))
            ?? throw new StoreException(StoreErrorCode.NotReady, "no target is in service");
        var offer = new CopyOffer
        {
            Bucket = to.Uname,
            BucketId = props.BucketId,
            Name = newName,
            Size = source.Size,
            ChecksumType = source.Checksum.Type,
            ChecksumValue = source.Checksum.Value,
            Custom = source.Custom,
            OnlyIfMissing = source.OnlyIfMissing,
        };
        var isLocal = owner.Id == _services.Facts.Self.Id;
        var isWritten = isLocal
            ? await StoreHereAsync(offer, source, cancellation).ConfigureAwait(false)
            : await SendAsync(owner, offer, source, cancellation).ConfigureAwait(false);
        return new CopyResult(source.Size, isWritten, isLocal);
    }

    private async Task<bool> StoreHereAsync(CopyOffer offer, CopySource source, CancellationToken cancellation)
    {
        if (await _receiver.HasAsync(offer, cancellation).ConfigureAwait(false))
        {
            return false;
        }
        var body = PipeReader.Create(
            source.Open(), new StreamPipeReaderOptions(bufferSize: FileSlice.PieceBytes));
        try
        {
            return await _receiver.StoreAsync(offer, body, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await body.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> SendAsync(NodeInfo owner, CopyOffer offer, CopySource source, CancellationToken cancellation)
    {
        if (source.Checksum.IsNone)
        {
            // nobody has summed the bytes up yet: the network must not change them unnoticed
            var computed = await SumAsync(source, cancellation).ConfigureAwait(false);
            offer = offer with { ChecksumType = computed.Type, ChecksumValue = computed.Value };
        }
        var bytes = CopyMessages.Encode(offer);
        if (source.Size >= AskFrom)
        {
            using var question = new ByteArrayContent(bytes);
            if (await CallAsync(owner, CopyMessages.AskPath, question, 0, cancellation).ConfigureAwait(false))
            {
                return false;
            }
        }
        using var content = new CopyContent(bytes, source);
        if (await CallAsync(owner, CopyMessages.StorePath, content, source.Size, cancellation).ConfigureAwait(false))
        {
            return false;
        }
        _services.Counters.Increment(NodeCounter.StreamOut);
        _services.Counters.Add(NodeCounter.StreamOutBytes, source.Size);
        return true;
    }

    private static async Task<Checksum> SumAsync(CopySource source, CancellationToken cancellation)
    {
        using var calculator = ChecksumCalculator.Create(ChecksumTypes.XxHash);
        var buffer = ArrayPool<byte>.Shared.Rent(FileSlice.PieceBytes);
        var stream = source.Open();
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                calculator.Append(buffer.AsSpan(0, read));
            }
            return calculator.Finish();
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Calls the owner; true when it has the same already.</summary>
    private async Task<bool> CallAsync(
        NodeInfo owner, string path, HttpContent content, long size, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(MoveLimits.TimeFor(size), _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        content.Headers.TryAddWithoutValidation("Content-Type", CopyMessages.MediaType);
        try
        {
            using var answer = await _peers
                .SendAsync(owner, NetworkKind.Data, new PeerRequest(HttpMethod.Post, path, content), both.Token)
                .ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw await PeerErrors.ReadAsync(owner, answer, both.Token).ConfigureAwait(false);
            }
            await answer.Content.LoadIntoBufferAsync(CopyMessages.MaxAnswer, both.Token).ConfigureAwait(false);
            var json = await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false);
            return JsonSerializer.Deserialize(json, CopyJsonContext.Default.CopyAnswer)?.WasThere
                ?? throw new InvalidDataException("an empty answer to a copy");
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"{owner.DisplayName} did not take a copy in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or JsonException)
        {
            throw new StoreException(StoreErrorCode.Unreachable, $"{owner.DisplayName}: {e.Message}", e);
        }
    }
}
