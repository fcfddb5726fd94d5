using System.Runtime.InteropServices;

namespace Skein.Cluster.Metadata;

/// <summary>Makes renames in a folder durable.</summary>
public static partial class FolderFlush
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC

    /// <summary>Flushes the folder's entries to disk.</summary>
    /// <exception cref="IOException">When the system refuses.</exception>
    public static void Flush(string folder)
    {
        var descriptor = Open(folder, ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open folder {folder}: error {Marshal.GetLastPInvokeError()}");
        }
        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"cannot flush folder {folder}: error {Marshal.GetLastPInvokeError()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
