using Microsoft.Win32.SafeHandles;
using Skein.Storage.Disk;

namespace Skein.Storage.Reads;

/// <summary>
/// What changes of a file when anybody does anything to it: when its bytes, its metadata or its names change, so does this.
/// </summary>
/// <param name="ChangedSeconds">Time of the last change, seconds.</param>
/// <param name="ChangedNanoseconds">The rest of it.</param>
/// <param name="Size">Bytes.</param>
internal readonly record struct FileMark(long ChangedSeconds, uint ChangedNanoseconds, long Size)
{
    /// <summary>The mark of an open file; null when it has no name any more, or cannot be looked at.</summary>
    public static unsafe FileMark? Of(SafeFileHandle file)
    {
        LibC.StatxBuffer buffer;
        byte empty = 0;
        if (LibC.Statx(file, &empty, LibC.AtEmptyPath, LibC.StatxMark, &buffer) != 0 || buffer.Links == 0)
        {
            return null;
        }
        return new FileMark(buffer.ChangedSeconds, buffer.ChangedNanoseconds, (long)buffer.Size);
    }
}
