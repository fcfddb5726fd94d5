using System.Buffers;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Objects;

/// <summary>One write under way. One caller at a time.</summary>
public sealed class ObjectWriter : IAsyncDisposable
{
    internal ObjectWriter(Mountpath mountpath) => Mountpath = mountpath;

    /// <summary>The mountpath that will hold the object.</summary>
    public Mountpath Mountpath { get; }

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Appends bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default) =>
        throw new StoreException(StoreErrorCode.NotImplemented, "being built");

    /// <summary>Appends bytes.</summary>
    public ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancel = default) =>
        throw new StoreException(StoreErrorCode.NotImplemented, "being built");

    /// <summary>Checks, makes durable and makes visible.</summary>
    public ValueTask<ObjectAttributes> CommitAsync(WriteCommit commit, CancellationToken cancel = default) =>
        throw new StoreException(StoreErrorCode.NotImplemented, "being built");

    /// <summary>Removes the work file when the write was not committed.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
