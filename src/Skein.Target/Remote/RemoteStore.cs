using System.Buffers;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Remote;
using Skein.Gateway.Ports;
using Skein.Gateway.Remote;
using Skein.Storage.Objects;
using Skein.Target.Backends;
using Skein.Target.Objects;

namespace Skein.Target.Remote;

/// <summary>Keeps here what was fetched from the home of a remote bucket, or sent there.</summary>
internal sealed class RemoteStore(TargetServices services, TimeProvider time)
{
    private const int BufferBytes = 256 << 10;

    /// <summary>Key of the custom metadata that says where an object comes from; AIStore's word.</summary>
    private const string SourceKey = "source";

    /// <summary>Key of the custom metadata that marks what may be older than what its home has.</summary>
    private const string UnsureKey = "unsure";

    private const string MarkValue = "true";

    /// <summary>
    /// True when a change of the object was sent to its home and it is not known here what became of it.
    /// </summary>
    public static bool IsUnsure(ObjectAttributes here) => here.Custom.Any(pair => pair.Key == UnsureKey);

    /// <summary>Custom metadata with the mark of what is unsure.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WithMark(
        IReadOnlyList<KeyValuePair<string, string>> custom) =>
        [.. custom.Where(pair => pair.Key != UnsureKey), new(UnsureKey, MarkValue)];

    /// <summary>Marks what is stored here; durable as the bucket's writes are.</summary>
    public async Task MarkAsync(
        ObjectRequest request, ObjectAttributes here, long ownership, CancellationToken cancellation)
    {
        services.Clock.Observe(here.Stamp.Clock);
        using var passage = services.Pass(request, ownership);
        await services.Store
            .UpdateCustomAsync(
                services.Bucket(request), request.Name, [new(UnsureKey, MarkValue)], replaceAll: false,
                services.Stamp(ownership), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Takes the mark back.</summary>
    public async Task UnmarkAsync(
        ObjectRequest request, ObjectAttributes here, long ownership, CancellationToken cancellation)
    {
        services.Clock.Observe(here.Stamp.Clock);
        using var passage = services.Pass(request, ownership);
        await services.Store
            .UpdateCustomAsync(
                services.Bucket(request), request.Name, [.. here.Custom.Where(pair => pair.Key != UnsureKey)],
                replaceAll: true, services.Stamp(ownership), cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Removes what is stored here.</summary>
    public async Task RemoveAsync(ObjectRequest request, CancellationToken cancellation) =>
        _ = await services.Store
            .DeleteAsync(services.Bucket(request), request.Name, cancellation).ConfigureAwait(false);

    /// <summary>What is stored here of an object; null for nothing.</summary>
    public async Task<ObjectAttributes?> FindAsync(ObjectRequest request, CancellationToken cancellation)
    {
        var stat = await services.Store
            .StatAsync(services.Bucket(request), request.Name, cancellation).ConfigureAwait(false);
        return stat?.Attributes;
    }

    /// <summary>Stores an object that is open at its home; verified by the checksum that its home tells.</summary>
    /// <exception cref="StoreException">When it does not arrive whole, or cannot be stored.</exception>
    public async Task<ObjectAttributes> FetchAsync(
        ObjectRequest request, BackendObject opened, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        var bucket = services.Bucket(request);
        var expected = Verifiable(opened.Attributes.Checksum);
        var writer = await services.Store
            .BeginWriteAsync(bucket, request.Name, opened.Length, expected?.Type, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await CopyAsync(request, opened, writer, cancellation).ConfigureAwait(false);
            try
            {
                writer.Complete(expected);
            }
            catch (StoreException error) when (
                error.Code is StoreErrorCode.BadChecksum or StoreErrorCode.TruncatedBody)
            {
                throw new StoreException(
                    StoreErrorCode.Unreachable, $"{request.Shown} did not arrive whole from its home: {error.Message}", error);
            }
            return await CommitAsync(request, writer, opened.Attributes, ownership, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a completed write the object, with the version and the metadata that it has at its home.</summary>
    public async Task<ObjectAttributes> CommitAsync(
        ObjectRequest request, ObjectWriter writer, ObjectAttributes home, long ownership, CancellationToken cancellation)
    {
        var before = await FindAsync(request, cancellation).ConfigureAwait(false);
        if (before is not null)
        {
            services.Clock.Observe(before.Stamp.Clock);
        }
        using var passage = services.Pass(request, ownership);
        var commit = new WriteCommit
        {
            Custom = WithSource(request, home.Custom),
            ExactVersion = home.Version,
            Stamp = services.Stamp(ownership),
        };
        var stored = await writer.CommitAsync(commit, cancellation).ConfigureAwait(false);
        services.Confirm(request, ownership);
        return stored;
    }

    /// <summary>
    /// True when two descriptions are of the same bytes: the checksums say so where both have one of the same kind, else
    /// the versions.
    /// </summary>
    public static bool AreSame(ObjectAttributes here, ObjectAttributes home)
    {
        if (here.Size != home.Size)
        {
            return false;
        }
        return here.Checksum.Type == home.Checksum.Type && !here.Checksum.IsNone
            ? here.Checksum.Value == home.Checksum.Value
            : here.Version == home.Version;
    }

    /// <summary>What its home tells, as it is shown here.</summary>
    public static ObjectAttributes Shown(ObjectRequest request, ObjectAttributes home) =>
        home with { Custom = WithSource(request, home.Custom) };

    private async Task CopyAsync(
        ObjectRequest request, BackendObject opened, ObjectWriter writer, CancellationToken cancellation)
    {
        using var idle = new CancellationTokenSource(RemoteLimits.Idle, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                var read = await opened.Content.ReadAsync(buffer, both.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }
                await writer.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                idle.CancelAfter(RemoteLimits.Idle);
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StoreException(
                StoreErrorCode.Unreachable,
                $"{request.Shown} did not arrive whole from its home: {writer.BytesWritten} bytes came: {error.Message}",
                error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Checksum? Verifiable(Checksum checksum) =>
        checksum.IsNone || checksum.Value.Length == 0 || !ChecksumTypes.IsKnown(checksum.Type) ? null : checksum;

    /// <summary>Custom metadata without what this cluster notes in them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> WithoutSource(
        ObjectRequest request, IReadOnlyList<KeyValuePair<string, string>> custom) =>
        [.. custom.Where(pair =>
            pair.Key != UnsureKey && (pair.Key != SourceKey || pair.Value != request.Bucket.Provider))];

    private static IReadOnlyList<KeyValuePair<string, string>> WithSource(
        ObjectRequest request, IReadOnlyList<KeyValuePair<string, string>> custom) =>
    [
        .. WithoutSource(request, custom).Where(pair => pair.Key != SourceKey)
            .Append(new(SourceKey, request.Bucket.Provider))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal),
    ];
}
