using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Storage.Disk;

namespace Skein.Storage.Moves;

/// <summary>Copies the bytes of a file from one mountpath to a work file of another.</summary>
internal static class FileCopy
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Copies exactly so many bytes.</summary>
    /// <exception cref="StoreException">When a disk fails, or the file ends before.</exception>
    public static async Task RunAsync(
        IDisk disk, SafeFileHandle from, SafeFileHandle to, long size, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(size, 1, BufferBytes));
        try
        {
            for (var done = 0L; done < size;)
            {
                cancel.ThrowIfCancellationRequested();
                var wanted = (int)Math.Min(buffer.Length, size - done);
                var count = Read(from, buffer.AsSpan(0, wanted), done);
                disk.Write(to, buffer.AsSpan(0, count), done);
                done += count;
                if (done < size)
                {
                    await Task.Yield();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Read(SafeFileHandle from, Span<byte> buffer, long offset)
    {
        int count;
        try
        {
            count = RandomAccess.Read(from, buffer, offset);
        }
        catch (IOException e)
        {
            throw new StoreException(StoreErrorCode.Internal, $"a file cannot be read: {e.Message}", e);
        }
        return count != 0 ? count : throw new StoreException(
            StoreErrorCode.Internal, $"a file ends at {offset} bytes, before the size that its metadata says");
    }
}
