using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Sorting;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Archives;
using Skein.Target.Copies;
using Skein.Target.Walks;

namespace Skein.Target.Sorting;

/// <summary>
/// Writes shards: each into a work file, which becomes the object in one step when it is complete. A shard whose name has another
/// owner by then is sent there.
/// </summary>
/// <param name="services">What sorts work with.</param>
/// <param name="job">The job.</param>
/// <param name="spec">What is asked for.</param>
/// <param name="state">Content and progress.</param>
internal sealed class ShardBuilder(SortServices services, WalkJob job, SortSpec spec, SortState state)
{
    /// <summary>Writes all of them.</summary>
    /// <exception cref="StoreException">When one cannot be written; those before it stay.</exception>
    public async Task RunAsync(IReadOnlyList<PlannedShard> shards, CancellationToken cancellation)
    {
        state.Progress.Creation(phase => phase with { ToCreate = shards.Count });
        await Parallel.ForEachAsync(
            shards,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = SortLimits.Workers(spec.CreateWorkers),
                CancellationToken = cancellation,
            },
            async (shard, token) =>
            {
                var isMoved = !spec.IsDryRun
                    && await services.PatientlyAsync(() => BuildAsync(shard, token), token).ConfigureAwait(false);
                state.Progress.Creation(phase => phase with
                {
                    CreatedCount = phase.CreatedCount + 1,
                    MovedCount = phase.MovedCount + (isMoved ? 1 : 0),
                });
            }).ConfigureAwait(false);
    }

    /// <returns>True when it was sent to another target.</returns>
    private async Task<bool> BuildAsync(PlannedShard shard, CancellationToken cancellation)
    {
        var request = new HeadObjectRequest
        {
            Object = new(services.Calls.AsClient(), job.Destination!, job.DestinationProps, shard.Name),
        };
        var writer = await services.Target.Store
            .BeginWriteAsync(services.Target.Bucket(request), shard.Name, null, null, cancellation)
            .ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await WriteAsync(shard, writer, cancellation).ConfigureAwait(false);
            if (services.Calls.OwnerOf(request.Bucket, request.Name).Id == services.Target.Facts.Self.Id)
            {
                await WorkCommit.RunAsync(services.Target, request, writer, new WriteCommit { Stamp = default }, cancellation)
                    .ConfigureAwait(false);
                return false;
            }
            using var file = writer.Reread();
            var size = writer.BytesWritten;
            var source = new CopySource(() => new FileSlice(file, size), size, Checksum.None, []);
            await services.Copier.CopyAsync(source, job.Destination!, shard.Name, cancellation).ConfigureAwait(false);
            job.Progress.AddSent(1, size);
            return true;
        }
    }

    private async Task WriteAsync(PlannedShard shard, ObjectWriter writer, CancellationToken cancellation)
    {
        var participants = job.Record.Work.Participants;
        var readers = new ContentReaders(services, job.Id, state.Content, participants, shard);
        await using var closing = readers.ConfigureAwait(false);
        var output = new WriterStream(writer);
        await using var open = output.ConfigureAwait(false);
        var archive = ArchiveWriter.Create(spec.OutputFormat, output);
        await using var unfinished = archive.ConfigureAwait(false);
        foreach (var record in shard.Records)
        {
            foreach (var file in record.Files)
            {
                try
                {
                    var content = await readers.OpenAsync(record.Target, file, cancellation).ConfigureAwait(false);
                    await using (content.ConfigureAwait(false))
                    {
                        var modified = new DateTimeOffset(file.Modified, TimeSpan.Zero);
                        await archive
                            .WriteAsync(file.Name, file.Size, modified, content, cancellation)
                            .ConfigureAwait(false);
                    }
                }
                catch (Exception error) when (error is IOException or HttpRequestException)
                {
                    throw new StoreException(
                        StoreErrorCode.Unreachable,
                        $"\"{file.Name}\" of t[{participants[record.Target]}] for {shard.Name}: {error.Message}",
                        error);
                }
            }
        }
        await archive.FinishAsync(cancellation).ConfigureAwait(false);
    }
}
