using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;

namespace Skein.Cli.Transfers;

/// <summary>Stores a stream of unknown length in pieces: as parts of an upload, or by appending.</summary>
/// <param name="client">The cluster.</param>
/// <param name="host">Told what is left half done.</param>
/// <param name="progress">Told the bytes that are stored.</param>
internal sealed class PieceUploader(SkeinClient client, CliHost host, IProgress<long> progress)
{
    private const int MaxParts = 10_000;

    /// <summary>Largest piece, in bytes: it is held in memory.</summary>
    public const long MaxPiece = 1L << 30;

    /// <summary>Stores the stream as a new object, which is there when all pieces are.</summary>
    /// <exception cref="CliException">When there are too many pieces.</exception>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached; nothing is stored then.</exception>
    public async Task StoreAsync(
        BucketName bucket, string name, Stream source, int piece, CancellationToken cancellation)
    {
        var id = await client.Objects.BeginUploadAsync(bucket, name, cancellation: cancellation);
        var parts = 0;
        try
        {
            await PiecesAsync(source, piece, async (bytes, token) =>
            {
                if (++parts > MaxParts)
                {
                    throw new CliException($"there are more than {MaxParts} pieces", "give a larger --chunk-size");
                }
                await client.Objects.PutPartAsync(bucket, name, id, parts, ObjectSource.FromBytes(bytes), token);
            }, cancellation);
            await client.Objects.CompleteUploadAsync(bucket, name, id, parts, cancellation);
        }
        catch (Exception e) when (e is OperationCanceledException or SkeinException or CliException or IOException)
        {
            await AbortAsync(bucket, name, id);
            throw;
        }
    }

    /// <summary>Appends the stream to an object; it changes when all pieces are there.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task AppendAsync(
        BucketName bucket, string name, Stream source, int piece, CancellationToken cancellation)
    {
        var handle = "";
        await PiecesAsync(
            source, piece,
            async (bytes, token) =>
                handle = await client.Objects.AppendAsync(bucket, name, ObjectSource.FromBytes(bytes), handle, token),
            cancellation);
        await client.Objects.FlushAsync(bucket, name, handle, cancellation: cancellation);
    }

    // Also an empty stream is one piece, so that there is an object afterwards.
    private async Task PiecesAsync(
        Stream source, int piece, Func<ReadOnlyMemory<byte>, CancellationToken, Task> store, CancellationToken cancellation)
    {
        var buffer = new byte[piece];
        for (var isFirst = true; ; isFirst = false)
        {
            // Standard input does not end a read that has begun: the wait for it ends instead.
            var read = await source.ReadAtLeastAsync(buffer, piece, throwOnEndOfStream: false, cancellation)
                .AsTask().WaitAsync(cancellation);
            if (read == 0 && !isFirst)
            {
                return;
            }
            await store(buffer.AsMemory(0, read), cancellation);
            progress.Report(read);
            if (read < piece)
            {
                return;
            }
        }
    }

    private async Task AbortAsync(BucketName bucket, string name, string id)
    {
        try
        {
            using var time = new CancellationTokenSource(TimeSpan.FromSeconds(5), host.Time);
            await client.Objects.AbortUploadAsync(bucket, name, id, time.Token);
        }
        catch (Exception e) when (e is SkeinException or OperationCanceledException)
        {
            host.Interruption.Note(() => $"The parts of upload {id} of {bucket}/{name} may still lie in the cluster.");
        }
    }
}
