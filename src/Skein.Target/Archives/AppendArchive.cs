using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Archives;

/// <summary>
/// Adds a file to an archive: 1. may this target write the name? 2. a newer copy elsewhere is fetched; 3. what is there is
/// copied to a work file, and the new file after it; 4. it takes the place of the archive that it was made from. When
/// another write was quicker, 3 and 4 are done anew, with the new file read back from the first attempt: nobody waits for a
/// slow client, and of two appends at once both take effect.
/// </summary>
internal sealed class AppendArchive(TargetServices services, RemoteParts remote)
{
    private readonly ArchiveSource _source = new(services, remote);
    private readonly ArchiveCommit _commit = new(services, remote.Writes);

    /// <summary>Adds the file.</summary>
    public async Task RunAsync(AppendArchiveRequest request, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        if (request.Mode == AppendMode.Create)
        {
            _ = NewFormat(request); // before a byte of the body is read
        }
        Attempt? before = null;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var now = await WriteAsync(request, before, cancellation).ConfigureAwait(false);
                if (before is not null)
                {
                    await before.Writer.DisposeAsync().ConfigureAwait(false);
                }
                before = now;
                try
                {
                    await _commit
                        .RunAsync(
                            request, now.Writer, now.Source, request.Mode != AppendMode.Create, ownership, cancellation)
                        .ConfigureAwait(false);
                    return;
                }
                catch (StoreException error) when (error.Code == StoreErrorCode.Busy && attempt < ArchiveLimits.MaxAppends)
                {
                    // Another write was quicker.
                }
            }
        }
        finally
        {
            if (before is not null)
            {
                await before.Writer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes the whole new archive to a work file.</summary>
    private async Task<Attempt> WriteAsync(AppendArchiveRequest request, Attempt? before, CancellationToken cancellation)
    {
        using var source = request.Mode == AppendMode.Create
            ? null
            : await _source
                .OpenAsync(request, mustExist: request.Mode == AppendMode.Append, cancellation)
                .ConfigureAwait(false);
        var format = source is null
            ? NewFormat(request)
            : ReadArchive.FormatOf(request, request.Format, source);
        var writer = await services.Store
            .BeginWriteAsync(services.Bucket(request), request.Name, null, null, cancellation)
            .ConfigureAwait(false);
        try
        {
            await FillAsync((request, format), source, before, writer, cancellation).ConfigureAwait(false);
            return new Attempt(writer, source?.Attributes, format);
        }
        catch
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task FillAsync(
        (AppendArchiveRequest Request, ArchiveFormat Format) what, ObjectHandle? source, Attempt? before, ObjectWriter writer,
        CancellationToken cancellation)
    {
        var (request, format) = what;
        var output = new WriterStream(writer);
        await using (output.ConfigureAwait(false))
        {
            var archive = await BeginAsync(request, format, source, output, cancellation).ConfigureAwait(false);
            await using (archive.ConfigureAwait(false))
            {
                await AddAsync(request, archive, before, cancellation).ConfigureAwait(false);
                await archive.FinishAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task<ArchiveWriter> BeginAsync(
        AppendArchiveRequest request, ArchiveFormat format, ObjectHandle? source, Stream output,
        CancellationToken cancellation)
    {
        try
        {
            return source is null
                ? ArchiveWriter.Create(format, output)
                : await ArchiveCopy.BeginAsync(format, source.File, source.Attributes.Size, output, cancellation)
                    .ConfigureAwait(false);
        }
        catch (Exception error) when (ArchiveReader.IsBroken(error))
        {
            throw ArchiveReader.Broken(request.Shown, format, error);
        }
    }

    /// <summary>Adds the new file: out of the client's body, or the second time out of the archive made before.</summary>
    private async Task AddAsync(
        AppendArchiveRequest request, ArchiveWriter archive, Attempt? before, CancellationToken cancellation)
    {
        var now = services.Time.GetUtcNow();
        if (before is null)
        {
            var body = request.Body.AsStream(leaveOpen: true);
            await using (body.ConfigureAwait(false))
            {
                try
                {
                    await archive.WriteAsync(request.Path, request.Length, now, body, cancellation).ConfigureAwait(false);
                }
                catch (EndOfStreamException error)
                {
                    throw new StoreException(StoreErrorCode.TruncatedBody, $"unexpected EOF: {error.Message}", error);
                }
            }
            return;
        }
        await CopyLastAsync(request, archive, before, now, cancellation).ConfigureAwait(false);
    }

    private static async Task CopyLastAsync(
        AppendArchiveRequest request, ArchiveWriter archive, Attempt before, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var count = await CountAsync(before, cancellation).ConfigureAwait(false);
        using var file = before.Writer.Reread();
        var reader = await ArchiveReader
            .OpenAsync(before.Format, new FileWindow(file, 0, before.Writer.BytesWritten), cancellation)
            .ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            ArchiveMember? last = null;
            for (var i = 0L; i < count; i++)
            {
                last = await reader.NextAsync(cancellation).ConfigureAwait(false);
            }
            var content = await last!.OpenAsync(cancellation).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                await archive.WriteAsync(request.Path, last.Size, now, content, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task<long> CountAsync(Attempt before, CancellationToken cancellation)
    {
        using var file = before.Writer.Reread();
        var reader = await ArchiveReader
            .OpenAsync(before.Format, new FileWindow(file, 0, before.Writer.BytesWritten), cancellation)
            .ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var count = 0L;
            while (await reader.NextAsync(cancellation).ConfigureAwait(false) is not null)
            {
                count++;
            }
            return count;
        }
    }

    /// <summary>The format of a new archive: what the client says, else what the name says.</summary>
    private static ArchiveFormat NewFormat(AppendArchiveRequest request) =>
        request.Format ?? ArchiveFormats.OfName(request.Name) ?? throw new StoreException(
            StoreErrorCode.UnknownMime,
            $"{request.Shown}: the name has no extension of an archive (.tar, .tgz, .tar.gz, .zip, .tar.lz4)");

    /// <summary>A new archive in a work file.</summary>
    /// <param name="Writer">The write.</param>
    /// <param name="Source">Attributes of the archive that it was made from; null for none.</param>
    /// <param name="Format">Its format.</param>
    private sealed record Attempt(ObjectWriter Writer, ObjectAttributes? Source, ArchiveFormat Format);
}
