namespace Skein.Storage.Disk;

/// <summary>Small files that are replaced as a whole and durably: work file, flush, rename, flush of the folder.</summary>
internal static class AtomicFile
{
    /// <summary>Writes the file. After a crash there is the old one or the new one.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="bytes">All of its bytes.</param>
    /// <exception cref="IOException">When the disk refuses.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var work = path + ".new";
        using (var file = File.OpenHandle(work, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        }
        File.Move(work, path, overwrite: true);
        var folder = Path.GetDirectoryName(path)!;
        new PosixDisk(folder).SyncFolder(folder);
    }
}
