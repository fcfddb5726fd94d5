using System.Buffers;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Skein.Storage.Disk;

namespace Skein.Storage.Objects;

/// <summary>
/// Opens objects. What is not whole is not there: no header, a header whose check sum or length is wrong, or a file of
/// another size than its header says.
/// </summary>
internal sealed partial class ObjectFinder(ILogger logger)
{
    private const int UsualHeaderBytes = 512;

    private long _damaged;

    /// <summary>How often a file was met that is no whole object.</summary>
    public long Damaged => Volatile.Read(ref _damaged);

    /// <summary>
    /// Finds an object of this bucket id in its plain or its hashed form; an object has only one of them at a time.
    /// </summary>
    public FoundObject? Find(IDisk disk, BucketFolder folder, ulong bucketId, string name)
    {
        if (ObjectPath.Plain(folder, name) is { } plain && Open(disk, plain) is { } found)
        {
            if (found.Header.BucketId == bucketId && found.Header.Name is null)
            {
                return found;
            }
            found.Dispose();
        }
        return FindHashed(disk, folder, bucketId, name);
    }

    /// <summary>
    /// As <see cref="Find"/>, but only in its plain form, and only if memory holds what is needed; null otherwise.
    /// </summary>
    /// <param name="disk">Disk of the folder.</param>
    /// <param name="folder">The bucket's.</param>
    /// <param name="bucketId">Its id.</param>
    /// <param name="name">The object.</param>
    /// <param name="isInMemory">Says whether memory holds the beginning of a file.</param>
    public FoundObject? FindInMemory(
        IDisk disk, BucketFolder folder, ulong bucketId, string name, Func<SafeFileHandle, bool> isInMemory)
    {
        if (ObjectPath.Plain(folder, name) is not { } plain || disk.OpenInMemory(plain) is not { } file)
        {
            return null;
        }
        if (!isInMemory(file))
        {
            file.Dispose();
            return null;
        }
        var found = Whole(disk, file, plain);
        if (found is null || (found.Header.BucketId == bucketId && found.Header.Name is null))
        {
            return found;
        }
        found.Dispose();
        return null;
    }

    /// <summary>Opens whatever object lies at the path.</summary>
    public FoundObject? Open(IDisk disk, string path) =>
        disk.OpenRead(path) is { } file ? Whole(disk, file, path) : null;

    /// <summary>The object in an open file; closes the file when it is none.</summary>
    private FoundObject? Whole(IDisk disk, SafeFileHandle opened, string path)
    {
        var file = (SafeFileHandle?)opened;
        try
        {
            var size = disk.RegularSize(opened);
            if (size >= 0)
            {
                var header = ReadHeader(disk, opened);
                if (header is not null && header.Attributes.Size == size)
                {
                    var found = new FoundObject(opened, header, path, header.Name is not null);
                    file = null;
                    return found;
                }
                Interlocked.Increment(ref _damaged);
                Log.Damaged(logger, path, header is null
                    ? "its metadata is missing or damaged"
                    : $"it has {size} bytes, its metadata says {header.Attributes.Size}");
            }
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static ObjectHeader? ReadHeader(IDisk disk, SafeFileHandle file)
    {
        Span<byte> small = stackalloc byte[UsualHeaderBytes];
        var length = disk.ReadMetadata(file, small);
        if (length >= 0)
        {
            return ObjectHeaderCodec.Decode(small[..length]);
        }
        if (length == -1)
        {
            return null;
        }
        var rented = ArrayPool<byte>.Shared.Rent(ObjectHeaderCodec.MaxBytes);
        try
        {
            length = disk.ReadMetadata(file, rented);
            return length < 0 ? null : ObjectHeaderCodec.Decode(rented.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private FoundObject? FindHashed(IDisk disk, BucketFolder folder, ulong bucketId, string name)
    {
        var found = Open(disk, ObjectPath.Hashed(folder, name));
        if (found is null || (found.Header.BucketId == bucketId && found.Header.Name == name))
        {
            return found;
        }
        found.Dispose();
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "{Path} is not served: {Reason}")]
        public static partial void Damaged(ILogger logger, string path, string reason);
    }
}
