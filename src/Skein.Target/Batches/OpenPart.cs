using System.Net;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;
using Skein.Target.Archives;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Batches;

/// <summary>Where parts come from.</summary>
/// <param name="Services">This target's objects.</param>
/// <param name="Peers">Calls other targets.</param>
/// <param name="Control">Catches up when another target knows a newer map.</param>
/// <param name="Remote">Fetches objects of remote buckets.</param>
internal sealed record PartSources(TargetServices Services, PeerClient Peers, IControlPlane Control, RemoteParts Remote);

/// <summary>
/// Opens an object, a range of one, or a file in one: here when this target owns the name, else on the owner, which is
/// asked as a client would ask it and so looks wherever the newest copy may be.
/// </summary>
internal sealed class OpenPart(PartSources sources)
{
    private readonly TargetServices _services = sources.Services;
    private readonly NewestObject _newest = new(sources.Services);
    private readonly ReadArchive _archive = new(sources.Services);

    /// <summary>Opens it.</summary>
    /// <exception cref="StoreException">When it is missing, or cannot be read now.</exception>
    public async Task<BatchPart> RunAsync(CallContext call, BatchItem item, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= BatchLimits.MaxAttempts; attempt++)
        {
            var owner = Owner(call.Metadata, item);
            var part = owner.Id == _services.Facts.Self.Id
                ? await HereAsync(call, item, cancellation).ConfigureAwait(false)
                : await ThereAsync(owner, item, cancellation).ConfigureAwait(false);
            if (part is not null)
            {
                return part;
            }
            await sources.Control.CatchUpAsync(DocumentStamp.None, cancellation).ConfigureAwait(false);
            call = call with { Metadata = _services.Metadata.Current };
        }
        throw new StoreException(StoreErrorCode.NotReady, $"the owner of {item.Shown} keeps changing, try again");
    }

    private static NodeInfo Owner(SealedDocument metadata, BatchItem item) =>
        metadata.Document.Map.Owner(HrwDigest.OfObject(item.Bucket.Uname, item.Name))
            ?? throw new StoreException(StoreErrorCode.NotReady, "there are no active targets in the cluster");

    private async Task<BatchPart?> HereAsync(CallContext call, BatchItem item, CancellationToken cancellation)
    {
        if (item.Bucket.IsRemote)
        {
            var what = new HeadObjectRequest { Object = new(call, item.Bucket, item.Props, item.Name) };
            await sources.Remote.PrefetchAsync(what, latest: false, cancellation).ConfigureAwait(false);
        }
        if (item.Path is { } path)
        {
            return await MemberAsync(call, item, path, cancellation).ConfigureAwait(false);
        }
        var get = new GetObjectRequest { Object = new(call, item.Bucket, item.Props, item.Name) };
        for (var attempt = 1; attempt <= BatchLimits.MaxAttempts; attempt++)
        {
            var (here, there) = await _newest.FindAsync(get, cancellation).ConfigureAwait(false);
            if (here is not null)
            {
                return Local(item, here);
            }
            if (there is null)
            {
                throw await _services.NotFoundAsync(get, cancellation).ConfigureAwait(false);
            }
            var cut = Cut(item, there.Attributes.Size);
            (long, long)? range = cut == (0, there.Attributes.Size) ? null : cut;
            var answer = await _services.Neighbours.OpenAsync(there, get, range, cancellation).ConfigureAwait(false);
            if (answer is not null && NeighbourAnswer.Attributes(answer).Stamp == there.Attributes.Stamp)
            {
                return await RemoteAsync(answer, 0, cut.Length, cancellation).ConfigureAwait(false);
            }
            answer?.Dispose();
        }
        throw new StoreException(StoreErrorCode.Busy, $"{item.Shown} is being changed, try again");
    }

    private static BatchPart Local(BatchItem item, Storage.Objects.ObjectHandle handle)
    {
        try
        {
            var (offset, length) = Cut(item, handle.Attributes.Size);
            return new BatchPart(length, new FileWindow(handle.File, offset, length), new Closing(handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private async Task<BatchPart> MemberAsync(CallContext call, BatchItem item, string path, CancellationToken cancellation)
    {
        var read = new ReadArchiveRequest
        {
            Object = new(call, item.Bucket, item.Props, item.Name),
            Path = path,
            Query = $"{QueryNames.ArchivePath}={Uri.EscapeDataString(path)}",
        };
        var content = await _archive.RunAsync(read, cancellation).ConfigureAwait(false);
        try
        {
            var stream = await ((MemberContent)content).OpenAsync(cancellation).ConfigureAwait(false);
            return await PartAsync(item, stream, content.Length ?? 0, content, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await content.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks the owner; null when it says that it owns the name no more.</summary>
    private async Task<BatchPart?> ThereAsync(NodeInfo owner, BatchItem item, CancellationToken cancellation)
    {
        var ranged = item.Path is null && (item.Entry.Start != 0 || item.Entry.Length > 0);
        var range = ranged
            ? (item.Entry.Start, item.Entry.Length > 0 ? item.Entry.Length : long.MaxValue - item.Entry.Start)
            : ((long, long)?)null;
        var answer = await sources.Peers
            .SendAsync(
                owner,
                NetworkKind.Data,
                new PeerRequest(HttpMethod.Get, PathOf(item), Range: range) { IsForClient = true },
                cancellation)
            .ConfigureAwait(false);
        if (answer.IsSuccessStatusCode && answer.Content.Headers.ContentLength is { } length)
        {
            if (!ranged)
            {
                return await PartAsync(item, answer, length, cancellation).ConfigureAwait(false);
            }
            if (item.Entry.Length > 0 && length != item.Entry.Length)
            {
                answer.Dispose();
                throw OutOfRange(item, answer.Content.Headers.ContentRange?.Length ?? length);
            }
            return await RemoteAsync(answer, 0, length, cancellation).ConfigureAwait(false);
        }
        using (answer)
        {
            return answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect
                ? null
                : throw await PeerErrors.ReadAsync(owner, answer, cancellation).ConfigureAwait(false);
        }
    }

    private string PathOf(BatchItem item)
    {
        // The marks of a redirect: the owner says so when it owns the name no more, and does not deny what it cannot know.
        var path = $"/v1/objects/{item.Bucket.Name}/{PercentEncoding.EncodePath(item.Name)}"
            + $"?{QueryNames.Provider}={item.Bucket.Provider}&{QueryNames.ProxyId}={_services.Facts.Self.Id}"
            + $"&{QueryNames.RedirectTime}=1";
        if (!item.Bucket.Namespace.IsGlobal)
        {
            path += $"&{QueryNames.Namespace}={Uri.EscapeDataString(item.Bucket.Namespace.ToString())}";
        }
        return item.Path is null ? path : $"{path}&{QueryNames.ArchivePath}={Uri.EscapeDataString(item.Path)}";
    }

    private static async Task<BatchPart> PartAsync(
        BatchItem item, HttpResponseMessage answer, long size, CancellationToken cancellation)
    {
        try
        {
            var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return await PartAsync(item, stream, size, new Closing(answer), cancellation).ConfigureAwait(false);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static async Task<BatchPart> RemoteAsync(
        HttpResponseMessage answer, long skip, long length, CancellationToken cancellation)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await SkipAsync(stream, skip, cancellation).ConfigureAwait(false);
        return new BatchPart(length, stream, new Closing(answer));
    }

    /// <summary>Cuts the range that is wanted out of a stream with the whole.</summary>
    private static async Task<BatchPart> PartAsync(
        BatchItem item, Stream stream, long size, IAsyncDisposable behind, CancellationToken cancellation)
    {
        var (offset, length) = Cut(item, size);
        await SkipAsync(stream, offset, cancellation).ConfigureAwait(false);
        return new BatchPart(length, stream, behind);
    }

    private static async Task SkipAsync(Stream stream, long count, CancellationToken cancellation)
    {
        var buffer = count == 0 ? [] : new byte[BatchLimits.BufferBytes];
        while (count > 0)
        {
            var read = await stream
                .ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellation)
                .ConfigureAwait(false);
            count -= read > 0 ? read : throw new EndOfStreamException($"the content ends {count} bytes too early");
        }
    }

    private static (long Offset, long Length) Cut(BatchItem item, long size)
    {
        var (start, length) = (item.Entry.Start, item.Entry.Length);
        if (start == 0 && length <= 0)
        {
            return (0, size);
        }
        if (start >= size || length > size - start)
        {
            throw OutOfRange(item, size);
        }
        return (start, length < 0 ? size - start : length);
    }

    private static StoreException OutOfRange(BatchItem item, long size) => new(
        StoreErrorCode.RangeNotSatisfiable,
        $"{item.Shown}: size = {size}, range start={item.Entry.Start}, length={item.Entry.Length} not satisfiable")
    {
        ObjectSize = size,
    };

    private sealed class Closing(IDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            inner.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
