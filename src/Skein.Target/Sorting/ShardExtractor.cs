using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Core.Sorting;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Archives;
using Skein.Target.Batches;
using Skein.Target.Walks;

namespace Skein.Target.Sorting;

/// <summary>
/// Reads this target's share of the shards: makes records of their files, and notes where their bytes are. A plain TAR is left
/// as it is; everything else is unpacked into work files.
/// </summary>
/// <param name="services">What sorts work with.</param>
/// <param name="job">The job.</param>
/// <param name="spec">What is asked for.</param>
/// <param name="state">Where records, content and progress go.</param>
internal sealed class ShardExtractor(SortServices services, WalkJob job, SortSpec spec, SortState state)
{
    private readonly OpenPart _open = new(services.Sources);
    private readonly ConcurrentBag<Spool> _spools = [];
    private readonly WalkShare _share = new(job.Bucket, job.Record.Work.Participants);
    private int _spoolCount;

    /// <summary>Reads all of them.</summary>
    /// <exception cref="StoreException">When one cannot be read, or the sort is to end because of what is in it.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(
            NamesAsync(cancellation),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = SortLimits.Workers(spec.ExtractWorkers),
                CancellationToken = cancellation,
            },
            async (shard, token) => await ExtractAsync(shard.Name, shard.Ordinal, token).ConfigureAwait(false))
            .ConfigureAwait(false);
        state.Content.Seal();
    }

    /// <summary>This target's share of the names, each with its place among all of them.</summary>
    private async IAsyncEnumerable<(string Name, long Ordinal)> NamesAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var names = spec.Names;
        var document = job.Metadata.Document;
        var isComplete = document.IsSettled
            && _share.Participants.SequenceEqual(document.Map.ActiveTargets.Select(node => node.Id));
        var source = WalkNames.SourceOf(names, isComplete);
        var isCounted = source is WalkNames.Listed or WalkNames.Template;
        if (isCounted)
        {
            var total = names.IsList ? names.ObjectNames!.Count : names.ReadTemplate()!.Count;
            state.Progress.Extraction(phase => phase with { TotalCount = total });
        }
        var ordinal = 0L;
        await foreach (var page in services.Names.PagesAsync(source, job, "", cancellation).ConfigureAwait(false))
        {
            foreach (var name in page.Names)
            {
                var place = isCounted ? ordinal++ : 0;
                if (spec.ShardName(name) is not { } shard
                    || _share.Of(shard) != services.Target.Facts.Self.Id)
                {
                    continue;
                }
                if (!isCounted)
                {
                    state.Progress.Extraction(phase => phase with { TotalCount = phase.TotalCount + 1 });
                }
                yield return (shard, place);
            }
        }
    }

    private async Task ExtractAsync(string name, long ordinal, CancellationToken cancellation)
    {
        var item = new BatchItem(job.Bucket, job.Props, new BatchEntry { ObjectName = name });
        BatchPart part;
        try
        {
            part = await services
                .PatientlyAsync(() => _open.RunAsync(services.Calls.AsClient(), item, cancellation), cancellation)
                .ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Code == StoreErrorCode.ObjectNotFound)
        {
            state.React(spec.MissingShards, $"shard \"{item.Shown}\" does not exist");
            return;
        }
        var format = ArchiveFormats.OfName(name) ?? ArchiveFormats.OfName(spec.InputExtension) ?? ArchiveFormat.Tar;
        var pinned = format == ArchiveFormat.Tar && part.Content is FileWindow window
            ? state.Content.Pin(window.File, part)
            : null;
        try
        {
            await ReadAsync(item.Shown, (name, ordinal, part.Length), format, (part, pinned), cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (pinned is null)
            {
                await part.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task ReadAsync(
        string shown,
        (string Name, long Ordinal, long Size) shard,
        ArchiveFormat format,
        (BatchPart Part, int? Pinned) content,
        CancellationToken cancellation)
    {
        var (part, pinned) = content;
        Spool? spool = null;
        ObjectWriter? copy = null;
        try
        {
            spool = pinned is null ? await SpoolAsync(cancellation).ConfigureAwait(false) : null;
            var source = ArchiveStreams.Borrow(part.Content);
            if (part.Content is FileWindow window)
            {
                source = new FileWindow(window.File, 0, part.Length);
            }
            else if (format == ArchiveFormat.Zip)
            {
                copy = await CopyAsync(shard.Name, part, cancellation).ConfigureAwait(false); // its directory is at its end
                source = new FileStream(copy.Reread(), FileAccess.Read, bufferSize: 0);
            }
            await using (source.ConfigureAwait(false))
            {
                await CollectAsync(shard, format, source, (pinned, spool), cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (ArchiveReader.IsBroken(error))
        {
            throw ArchiveReader.Broken(shown, format, error);
        }
        finally
        {
            if (copy is not null)
            {
                await copy.DisposeAsync().ConfigureAwait(false);
            }
            if (spool is not null)
            {
                _spools.Add(spool);
            }
        }
    }

    private async Task CollectAsync(
        (string Name, long Ordinal, long Size) shard,
        ArchiveFormat format,
        Stream source,
        (int? Pinned, Spool? Spool) content,
        CancellationToken cancellation)
    {
        var collected = new RecordCollector(shard.Name, shard.Ordinal);
        var reader = await ArchiveReader.OpenAsync(format, source, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } member)
            {
                var key = IsKey(member.Name) ? await KeyAsync(member, cancellation).ConfigureAwait(false) : null;
                var (number, offset) = content.Pinned is { } pinned
                    ? (pinned, member.Offset!.Value)
                    : (content.Spool!.Number, content.Spool.Writer.BytesWritten);
                if (content.Spool is { } spool)
                {
                    await UnpackAsync(member, key, spool, cancellation).ConfigureAwait(false);
                }
                var file = new SortFile(member.Name, member.Size, member.Modified.UtcTicks, number, offset);
                if (!collected.Add(file, key?.Text))
                {
                    state.React(
                        spec.DuplicatedRecords, $"record \"{member.Name}\" is duplicated in shard \"{shard.Name}\"");
                }
            }
        }
        state.Add(collected.Records);
        var bytes = collected.Records.Sum(record => record.Size);
        state.Count(shard.Size, bytes);
        state.Progress.Extraction(phase => phase with
        {
            ExtractedCount = phase.ExtractedCount + 1,
            ExtractedSize = phase.ExtractedSize + bytes,
            RecordCount = phase.RecordCount + collected.Records.Count,
            ToDiskCount = phase.ToDiskCount + (content.Spool is null ? 0 : 1),
            ToDiskSize = phase.ToDiskSize + (content.Spool is null ? 0 : bytes),
        });
        job.Progress.AddLocal(1, bytes);
    }

    private bool IsKey(string name) => spec.Kind == SortKind.Content
        && SortRecord.ExtensionOf(name).EndsWith(spec.KeyExtension, StringComparison.Ordinal);

    private static async Task<SortKey> KeyAsync(ArchiveMember member, CancellationToken cancellation)
    {
        if (member.Size > SortLimits.MaxKeyBytes)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"\"{member.Name}\" has {member.Size} bytes, records are sorted by files of at most {SortLimits.MaxKeyBytes}");
        }
        var bytes = new byte[member.Size];
        var stream = await member.OpenAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
        }
        return new SortKey(bytes, Encoding.UTF8.GetString(bytes).Trim());
    }

    private static async Task UnpackAsync(ArchiveMember member, SortKey? key, Spool spool, CancellationToken cancellation)
    {
        if (key is not null)
        {
            await spool.Stream.WriteAsync(key.Bytes, cancellation).ConfigureAwait(false); // a stream is read only once
            return;
        }
        var stream = await member.OpenAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.CopyToAsync(spool.Stream, SortLimits.BufferBytes, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A work file that nobody else writes to now.</summary>
    private async Task<Spool> SpoolAsync(CancellationToken cancellation) => _spools.TryTake(out var spool)
        ? spool
        : state.Content.Add(
            await BeginAsync($".dsort/{job.Id}/{Interlocked.Increment(ref _spoolCount)}", cancellation).ConfigureAwait(false));

    private async Task<ObjectWriter> CopyAsync(string name, BatchPart part, CancellationToken cancellation)
    {
        var writer = await BeginAsync(name, cancellation).ConfigureAwait(false);
        try
        {
            var output = new WriterStream(writer);
            await using (output.ConfigureAwait(false))
            {
                await new Cut(part.Content, part.Length)
                    .CopyToAsync(output, SortLimits.BufferBytes, cancellation)
                    .ConfigureAwait(false);
            }
            return writer;
        }
        catch
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ObjectWriter> BeginAsync(string name, CancellationToken cancellation) => await services.Target.Store
        .BeginWriteAsync(services.Target.Buckets.Of(job.Bucket, job.Props), name, null, null, cancellation)
        .ConfigureAwait(false);

    /// <summary>What records are sorted by, as it stands in the file and as it counts.</summary>
    private sealed record SortKey(byte[] Bytes, string Text);
}
