using Microsoft.Win32.SafeHandles;

namespace Skein.Storage.Disk;

/// <summary>
/// What the store does to the files of one mountpath. The seam exists for the crash tests, which fail at each step.
/// Calls that answer an error number answer only those of <see cref="Errno"/> that the caller is expected to handle;
/// all else is thrown as a <see cref="Core.Errors.StoreException"/> that names the mountpath.
/// </summary>
internal interface IDisk
{
    /// <summary>Opens a file for reading; null when there is none (or no such folder, or the path is no file's).</summary>
    SafeFileHandle? OpenRead(string path);

    /// <summary>
    /// Opens a file if memory holds all that is needed for that; null when it does not, when there is no file, and when nobody
    /// knows. Never waits for the device.
    /// </summary>
    SafeFileHandle? OpenInMemory(string path) => null;

    /// <summary>Creates a file for writing that must not exist; null when its folder does not.</summary>
    SafeFileHandle? CreateNew(string path);

    /// <summary>Size of an open file in bytes; -1 when it is no regular file.</summary>
    long RegularSize(SafeFileHandle file);

    /// <summary>Reads the metadata attribute of an open file.</summary>
    /// <returns>Its length; -1 when there is none; -2 when it does not fit into the buffer.</returns>
    int ReadMetadata(SafeFileHandle file, Span<byte> buffer);

    /// <summary>Writes all bytes at the offset.</summary>
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Sets the metadata attribute; an older one is replaced in one step or stays.</summary>
    void WriteMetadata(SafeFileHandle file, ReadOnlySpan<byte> bytes);

    /// <summary>Waits until the file's bytes and metadata are on the device.</summary>
    void SyncFile(SafeFileHandle file);

    /// <summary>Waits until the folder's entries are on the device. A folder that is gone is no error.</summary>
    void SyncFolder(string path);

    /// <summary>Waits until everything that was done to the file system of this mountpath so far is on the device.</summary>
    /// <param name="openedBefore">
    /// An open file of the mountpath, opened before what must be durable was written: the kernel tells an error of the
    /// device once to every file that was open when it happened, and never to one that is opened after somebody has
    /// been told. Null where an error cannot be missed because nothing was written but names.
    /// </param>
    void SyncAll(SafeFileHandle? openedBefore = null);

    /// <summary>
    /// False when the mountpath's folder is not the one that it was when the disk was opened: gone, unmounted, or another
    /// disk in its place. One system call.
    /// </summary>
    bool IsSameRoot();

    /// <summary>Renames over whatever file is there. May answer NoEntry, NotFolder, IsFolder, NotEmpty, Exists, and
    /// NameTooLong or BadSequence where the file system refuses the name.</summary>
    int Rename(string from, string to);

    /// <summary>Makes a folder. May answer Exists, NoEntry, NotFolder, NameTooLong, BadSequence.</summary>
    int MakeFolder(string path);

    /// <summary>Removes a file. May answer NoEntry, NotFolder, IsFolder.</summary>
    int RemoveFile(string path);

    /// <summary>Removes an empty folder. May answer NoEntry, NotFolder, NotEmpty, Exists.</summary>
    int RemoveFolder(string path);
}
