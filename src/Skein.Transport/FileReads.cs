using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skein.Transport;

/// <summary>Reads of files that know whether they would have to wait for a disk.</summary>
public static class FileReads
{
    /// <summary>Bytes of a file between two looks at whether it is in memory.</summary>
    private const int LookEvery = 128 << 10;

    private static volatile bool _isUnsupported;

    /// <summary>Fills the buffer with what memory holds of the file.</summary>
    /// <returns>False when it does not hold all of it, when the file is shorter, and when nobody knows.</returns>
    public static unsafe bool TryReadFromMemory(SafeFileHandle file, long offset, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (var done = 0; done < buffer.Length;)
            {
                var read = Read(file, start + done, buffer.Length - done, offset + done);
                if (read <= 0)
                {
                    return false;
                }
                done += (int)read;
            }
        }
        return true;
    }

    /// <summary>True when memory seems to hold a part of a file: some of its bytes are looked at.</summary>
    public static unsafe bool IsInMemory(SafeFileHandle file, long offset, long length)
    {
        byte one;
        for (var at = offset; at < offset + length; at += LookEvery)
        {
            if (Read(file, &one, 1, at) != 1)
            {
                return false;
            }
        }
        return length == 1 || Read(file, &one, 1, offset + length - 1) == 1;
    }

    private static unsafe nint Read(SafeFileHandle file, byte* bytes, nint count, long offset)
    {
        if (_isUnsupported)
        {
            return -1;
        }
        var part = new SystemCalls.Part { Bytes = bytes, Count = count };
        try
        {
            return SystemCalls.ReadParts(file, &part, 1, offset, SystemCalls.NoWait);
        }
        catch (EntryPointNotFoundException)
        {
            _isUnsupported = true;
            return -1;
        }
    }
}
