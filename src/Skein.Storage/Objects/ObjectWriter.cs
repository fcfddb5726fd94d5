using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Mountpaths;
using Skein.Storage.Moves;

namespace Skein.Storage.Objects;

/// <summary>One write under way. One caller at a time; dispose it in any case.</summary>
public sealed class ObjectWriter : IAsyncDisposable
{
    private const int BufferBytes = 256 * 1024;
    private const int SmallestBufferBytes = 4096;

    /// <summary>Bytes that come together and are enough for a write of their own: they are not copied before.</summary>
    private const int DirectBytes = 64 * 1024;

    private readonly ObjectStore _store;
    private readonly long? _expectedSize;
    private readonly ChecksumCalculator _checksum;
    private readonly ChecksumCalculator? _declared;
    private readonly string? _declaredType;
    private byte[]? _buffer;
    private int _buffered;
    private bool _finished;
    private Checksum? _completed;

    internal ObjectWriter(
        ObjectStore store, StorageUnit unit, BucketRef bucket, string name, ulong digest,
        (SafeFileHandle File, string Path) work, (long? ExpectedSize, string? ChecksumType) declared)
    {
        (_store, Unit, Bucket, Name, Digest) = (store, unit, bucket, name, digest);
        (File, WorkPath) = work;
        (_expectedSize, _declaredType) = declared;
        _checksum = ChecksumCalculator.Create(bucket.ChecksumType);
        _declared = _declaredType is null || _declaredType == bucket.ChecksumType
            ? null : ChecksumCalculator.Create(_declaredType);
    }

    /// <summary>The mountpath that will hold the object.</summary>
    public Mountpath Mountpath => Unit.Mountpath;

    /// <summary>Bytes taken so far.</summary>
    public long BytesWritten { get; private set; }

    internal StorageUnit Unit { get; private set; }

    internal BucketRef Bucket { get; }

    internal string Name { get; }

    internal ulong Digest { get; }

    internal SafeFileHandle File { get; private set; }

    internal string WorkPath { get; private set; }

    /// <summary>True when the work file has become the object.</summary>
    internal bool IsPlaced { get; set; }

    /// <summary>Appends bytes. They are the caller's again when it returns.</summary>
    /// <exception cref="StoreException"><see cref="StoreErrorCode.OutOfSpace"/> or a disk failure.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        Write(bytes.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Appends bytes. They are the caller's again when it returns.</summary>
    /// <exception cref="StoreException"><see cref="StoreErrorCode.OutOfSpace"/> or a disk failure.</exception>
    public ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        foreach (var part in bytes)
        {
            Write(part.Span);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Says that all bytes are there, and checks length and checksum; nothing is visible yet. For writes whose bytes go
    /// elsewhere before they are committed. Call it once.
    /// </summary>
    /// <param name="expected">As <see cref="WriteCommit.Expected"/>; the commit need not be given it again.</param>
    /// <returns>The checksum of the bucket's type.</returns>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorCode.TruncatedBody"/>, <see cref="StoreErrorCode.BadChecksum"/>, or a disk failure.
    /// </exception>
    public Checksum Complete(Checksum? expected) => _completed = Finish(new WriteCommit { Expected = expected, Stamp = default });

    /// <summary>Opens the bytes of a completed write for reading, each time from their beginning.</summary>
    /// <exception cref="StoreException">When the disk refuses, or is no longer in service.</exception>
    public Stream OpenCompleted() => new FileStream(
        Unit.Disk.OpenRead(WorkPath) ?? throw new StoreException(
            StoreErrorCode.Busy, $"mountpath {Unit.Mountpath} was taken out of service during the write; try again"),
        FileAccess.Read, bufferSize: 0);

    /// <summary>
    /// Checks the bytes, makes the object durable as its bucket asks, and then visible in place of an older one. After
    /// an error nothing has changed, except that after a failing disk either object may be there. Call it once.
    /// </summary>
    /// <param name="commit">What goes with the bytes.</param>
    /// <param name="cancel">Gives up while nothing has changed yet.</param>
    /// <returns>The object's attributes.</returns>
    /// <exception cref="StoreException">
    /// <see cref="StoreErrorCode.TruncatedBody"/>, <see cref="StoreErrorCode.BadChecksum"/>,
    /// <see cref="StoreErrorCode.InvalidRequest"/> for metadata that does not fit,
    /// <see cref="StoreErrorCode.OutOfSpace"/>, <see cref="StoreErrorCode.BucketNotFound"/>, or a disk failure.
    /// </exception>
    public async ValueTask<ObjectAttributes> CommitAsync(WriteCommit commit, CancellationToken cancel = default)
    {
        var checksum = _completed ?? Finish(commit);
        return await _store.CommitAsync(this, commit, checksum, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Opens for reading what was written so far, before a commit or after one that failed. It can be read while the writer
    /// is not disposed of; the caller disposes of the file.
    /// </summary>
    /// <exception cref="StoreException">When the disk refuses, or is out of service.</exception>
    public SafeFileHandle Reread()
    {
        ObjectDisposedException.ThrowIf(File.IsClosed, this);
        Flush();
        return Unit.Disk.OpenRead(WorkPath) ?? throw new StoreException(
            StoreErrorCode.Busy, $"mountpath {Unit.Mountpath} was taken out of service during the write; try again");
    }

    /// <summary>Writes what is buffered and checks length and checksum; nothing is visible yet.</summary>
    /// <returns>The checksum of the bucket's type.</returns>
    internal Checksum Finish(WriteCommit commit)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        _finished = true;
        Flush();
        if (_expectedSize is not null && _expectedSize != BytesWritten)
        {
            throw new StoreException(
                StoreErrorCode.TruncatedBody,
                $"{Bucket.Name}/{Name}: {BytesWritten} bytes came, {_expectedSize} were announced");
        }
        var checksum = _checksum.Finish();
        Verify(commit.Expected, checksum);
        return checksum;
    }

    /// <summary>Takes the finished bytes to another mountpath, since the object belongs there now.</summary>
    internal async Task MoveAsync(
        StorageUnit unit, (SafeFileHandle File, string Path) work, CancellationToken cancel)
    {
        try
        {
            using var written = Unit.Disk.OpenRead(WorkPath) ?? throw new StoreException(
                StoreErrorCode.Busy, $"mountpath {Unit.Mountpath} was taken out of service during the write; try again");
            await FileCopy.RunAsync(unit.Disk, written, work.File, BytesWritten, cancel).ConfigureAwait(false);
        }
        catch
        {
            work.File.Dispose();
            unit.Disk.RemoveFile(work.Path);
            _store.WorkNames.Release(work.Path);
            throw;
        }
        File.Dispose();
        RemoveWork();
        _store.WorkNames.Release(WorkPath);
        (Unit, File, WorkPath) = (unit, work.File, work.Path);
    }

    /// <summary>Closes the work file, and removes it when it has not become the object.</summary>
    public ValueTask DisposeAsync()
    {
        _finished = true;
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
        _checksum.Dispose();
        _declared?.Dispose();
        if (!File.IsClosed)
        {
            File.Dispose();
            if (!IsPlaced)
            {
                RemoveWork();
            }
            _store.WorkNames.Release(WorkPath);
        }
        return ValueTask.CompletedTask;
    }

    private void RemoveWork()
    {
        try
        {
            Unit.Disk.RemoveFile(WorkPath);
        }
        catch (StoreException)
        {
            // a failing disk: the error of the write is the one to tell, and the cleanup finds the file
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        BytesWritten += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_buffered == 0 && bytes.Length >= DirectBytes)
            {
                Store(bytes, BytesWritten - bytes.Length);
                return;
            }
            _buffer ??= ArrayPool<byte>.Shared.Rent(
                (int)Math.Clamp(_expectedSize ?? BufferBytes, SmallestBufferBytes, BufferBytes));
            var count = Math.Min(bytes.Length, _buffer.Length - _buffered);
            bytes[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            bytes = bytes[count..];
            if (_buffered == _buffer.Length)
            {
                Store(_buffer, BytesWritten - bytes.Length - _buffered);
                _buffered = 0;
            }
        }
    }

    private void Flush()
    {
        if (_buffered != 0)
        {
            Store(_buffer.AsSpan(0, _buffered), BytesWritten - _buffered);
            _buffered = 0;
        }
    }

    private void Store(ReadOnlySpan<byte> bytes, long offset)
    {
        Unit.Disk.Write(File, bytes, offset);
        _checksum.Append(bytes);
        _declared?.Append(bytes);
    }

    private void Verify(Checksum? expected, Checksum computed)
    {
        if (expected is null || expected.IsNone)
        {
            return;
        }
        if (expected.Type != Bucket.ChecksumType)
        {
            computed = expected.Type == _declaredType && _declared is not null
                ? _declared.Finish()
                : throw new ArgumentException($"checksum {expected.Type} was not announced when the write began");
        }
        if (expected.Value != computed.Value)
        {
            throw new StoreException(
                StoreErrorCode.BadChecksum,
                $"BAD DATA CHECKSUM: {expected.Type}({expected.Value} != {computed.Value}) "
                    + $"(context: o[{Bucket.Name.Name}/{Name}])");
        }
    }
}
