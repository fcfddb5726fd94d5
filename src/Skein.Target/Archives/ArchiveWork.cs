using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Batches;
using Skein.Target.Objects;
using Skein.Target.Walks;

namespace Skein.Target.Archives;

/// <summary>
/// Makes one archive out of many objects, in a work file of the target that owns its name; when all are in it becomes the
/// object, in one step. Objects come one after another, in the order of the list or of their names. What cannot be read is an
/// error of the job, and unless the client goes on over errors nothing is written then. After a restart it begins anew.
/// </summary>
internal sealed class ArchiveWork(WalkJob job, ArchiveMessage message, PartSources sources, ObjectCalls calls)
    : IWalkWork, IAsyncDisposable
{
    private readonly TargetServices _services = sources.Services;
    private readonly OpenPart _open = new(sources);
    private readonly ArchiveSource _source = new(sources.Services, sources.Remote);
    private readonly ArchiveCommit _commit = new(sources.Services, sources.Remote.Writes);
    private readonly string _name = message.ArchiveName ?? "";
    private readonly SemaphoreSlim _turn = new(1);
    private ObjectWriter? _writer;
    private WriterStream? _output;
    private ArchiveWriter? _archive;
    private ObjectAttributes? _before;
    private StoreException? _failure;
    private bool _isWritten;
    private long _count;

    public bool StartsOver => true;

    public string NodeFor(string name) => calls.FindOwner(job.Bucket, name)?.Id ?? "";

    public async Task BeginAsync(CancellationToken cancellation)
    {
        await CloseAsync().ConfigureAwait(false);
        if (_isWritten)
        {
            return; // the owners of the objects changed after it was written: it is what it should be
        }
        (_failure, _count) = (null, 0);
        var request = Request();
        using var before = message.AppendIfExists
            ? await _source.OpenAsync(request, mustExist: false, cancellation).ConfigureAwait(false)
            : null;
        _before = before?.Attributes;
        _writer = await _services.Store
            .BeginWriteAsync(_services.Bucket(request), _name, null, null, cancellation)
            .ConfigureAwait(false);
        _output = new WriterStream(_writer);
        var format = Format;
        try
        {
            _archive = before is null
                ? ArchiveWriter.Create(format, _output)
                : await ArchiveCopy.BeginAsync(format, before.File, before.Attributes.Size, _output, cancellation)
                    .ConfigureAwait(false);
        }
        catch (Exception error) when (ArchiveReader.IsBroken(error))
        {
            throw ArchiveReader.Broken(request.Shown, format, error);
        }
    }

    public async Task HandleAsync(WalkItem item, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_isWritten || _failure is not null || (item.Name == _name && job.Bucket == job.Destination))
            {
                return;
            }
            await AddAsync(item.Name, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task FinishAsync(CancellationToken cancellation)
    {
        if (_isWritten)
        {
            return;
        }
        if (_failure is not null)
        {
            throw _failure;
        }
        if (!message.ContinueOnError && job.Progress.ErrorCount != 0)
        {
            throw new StoreException(
                StoreErrorCode.Unreachable, $"{_name} was not written: {job.Progress.ErrorCount} objects could not be read");
        }
        if (_count == 0)
        {
            throw new StoreException(StoreErrorCode.NotFound, $"{_name} was not written: no object is meant");
        }
        await _archive!.FinishAsync(cancellation).ConfigureAwait(false);
        var request = Request();
        var ownership = await _services.EnterAsync(request, cancellation).ConfigureAwait(false);
        await _commit
            .RunAsync(request, _writer!, _before, message.AppendIfExists, ownership, cancellation)
            .ConfigureAwait(false);
        _isWritten = true;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private ArchiveFormat Format => string.IsNullOrEmpty(message.Mime)
        ? ArchiveFormats.OfName(_name) ?? ArchiveFormat.Tar
        : ArchiveFormats.OfMime(message.Mime);

    private HeadObjectRequest Request() => new()
    {
        Object = new(calls.AsClient(), job.Destination!, job.DestinationProps, _name),
    };

    private async Task AddAsync(string name, CancellationToken cancellation)
    {
        var item = new BatchItem(job.Bucket, job.Props, new BatchEntry { ObjectName = name });
        BatchPart part;
        try
        {
            part = await _open.RunAsync(calls.AsClient(), item, cancellation).ConfigureAwait(false);
        }
        catch (StoreException error) when (!message.ContinueOnError && error.Code
            is StoreErrorCode.ObjectNotFound or StoreErrorCode.NotFound or StoreErrorCode.BucketNotFound)
        {
            _failure = error;
            throw;
        }
        await using (part.ConfigureAwait(false))
        {
            try
            {
                var now = _services.Time.GetUtcNow();
                await _archive!.WriteAsync(NameInArchive(name), part.Length, now, part.Content, cancellation)
                    .ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or HttpRequestException or StoreException)
            {
                // Half of the object is in it already.
                _failure = new StoreException(
                    StoreErrorCode.Internal, $"{_name} was not written: reading {item.Shown} broke off: {error.Message}", error);
                throw _failure;
            }
        }
        _count++;
        job.Progress.AddLocal(1, part.Length);
    }

    private string NameInArchive(string name)
    {
        var shown = message.BaseNameOnly ? name[(name.LastIndexOf('/') + 1)..] : name;
        return message.WithBucketName ? $"{job.Bucket.Name}/{shown}" : shown;
    }

    private async ValueTask CloseAsync()
    {
        if (_archive is not null)
        {
            await _archive.DisposeAsync().ConfigureAwait(false);
            _archive = null;
        }
        if (_output is not null)
        {
            await _output.DisposeAsync().ConfigureAwait(false);
            _output = null;
        }
        if (_writer is not null)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
            _writer = null;
        }
    }
}
