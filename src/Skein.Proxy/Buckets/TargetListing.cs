using System.Net.Http.Headers;
using System.Text.Json;
using Nerdbank.MessagePack;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Listing;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest;

namespace Skein.Proxy.Buckets;

/// <summary>What one target has of a listing, fetched piece by piece as it is used up.</summary>
internal sealed class TargetListing(PeerClient peers, NodeInfo target, ListObjectsRequest request, int pieceSize)
{
    private ObjectPage _piece = new([], "", 0);
    private int _next;
    private bool _started;

    /// <summary>The target.</summary>
    public NodeInfo Target => target;

    /// <summary>The first entry that is not used up; meaningless when <see cref="IsAtEnd"/>.</summary>
    public ObjectPageEntry Current => _piece.Entries[_next];

    /// <summary>True when the piece is used up; there may be another.</summary>
    public bool IsPieceUsed => _next >= _piece.Entries.Count;

    /// <summary>True when nothing is left on the target.</summary>
    public bool IsAtEnd => _started && IsPieceUsed && _piece.NextToken.Length == 0;

    /// <summary>The newest document that the target told of.</summary>
    public DocumentStamp Stamp { get; private set; }

    /// <summary>The <see cref="ObjectPage.Flags"/> of the pieces so far.</summary>
    public uint Flags { get; private set; }

    /// <summary>Uses up one entry.</summary>
    public void Advance() => _next++;

    /// <summary>Takes one entry, unless it is the last of the piece.</summary>
    public bool TryTake(out ObjectPageEntry entry)
    {
        if (_next + 1 >= _piece.Entries.Count)
        {
            entry = default;
            return false;
        }
        entry = _piece.Entries[_next++];
        return true;
    }

    /// <summary>Makes sure that <see cref="Current"/> is there, unless the target has no more.</summary>
    /// <exception cref="StoreException">When the target does not answer, or answers with an error.</exception>
    public async Task FillAsync(CancellationToken cancellation)
    {
        while (IsPieceUsed && !IsAtEnd)
        {
            var message = _started
                ? request.Message with { ContinuationToken = _piece.NextToken, PageSize = pieceSize }
                : request.Message with { PageSize = pieceSize };
            _piece = await FetchAsync(message, cancellation).ConfigureAwait(false);
            _next = 0;
            _started = true;
            Flags |= _piece.Flags;
        }
    }

    private async Task<ObjectPage> FetchAsync(ListObjectsMessage message, CancellationToken cancellation)
    {
        var bucket = request.Bucket;
        var path = $"/v1/buckets/{bucket.Name}?{QueryNames.Provider}={bucket.Provider}";
        if (!bucket.Namespace.IsGlobal)
        {
            path += $"&{QueryNames.Namespace}={Uri.EscapeDataString(bucket.Namespace.ToString())}";
        }
        var action = new ActionMessage
        {
            Action = Actions.List,
            Value = JsonSerializer.SerializeToElement(message, WireJsonContext.Output.ListObjectsMessage),
        };
        using var content = new ByteArrayContent(
            JsonSerializer.SerializeToUtf8Bytes(action, WireJsonContext.Output.ActionMessage));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await peers
            .SendAsync(target, NetworkKind.Control, new PeerRequest(HttpMethod.Get, path, content), cancellation)
            .ConfigureAwait(false);
        if (answer.Headers.NonValidated.TryGetValues(HeaderNames.Stamp, out var stamps))
        {
            Stamp = StampHeader.ReadStamp(stamps.ToString());
        }
        await answer.Content.LoadIntoBufferAsync(PeerClient.MaxAnswer, cancellation).ConfigureAwait(false);
        var bytes = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        return answer.IsSuccessStatusCode
            ? ListObjectsMsgpack.Read(bytes)
            : throw Refused(target, bucket, (int)answer.StatusCode, bytes);
    }

    private static StoreException Refused(NodeInfo target, BucketName bucket, int status, byte[] body)
    {
        WireError? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, WireJsonContext.Default.WireError);
        }
        catch (JsonException)
        {
            // Whatever it is, it is not our error body: the status has to do.
        }
        return error?.TypeCode == "ErrBckNotFound"
            ? new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{bucket}\" does not exist")
            : new StoreException(
                StoreErrorCode.Unreachable, $"{target.DisplayName} answered {status} {error?.Message}".TrimEnd());
    }
}
