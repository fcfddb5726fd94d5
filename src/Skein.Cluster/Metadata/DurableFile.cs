namespace Skein.Cluster.Metadata;

/// <summary>Small files that are either as before or wholly new, whatever happens meanwhile.</summary>
public static class DurableFile
{
    /// <summary>
    /// Writes a file whole: temporary file beside it, flush, rename, flush of the folder. When it returns the file
    /// survives the loss of power.
    /// </summary>
    /// <param name="path">The file; a present one is replaced.</param>
    /// <param name="bytes">What it is to hold.</param>
    /// <exception cref="IOException">When the disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">When the folder may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".tmp";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        }
        File.Move(temporary, path, overwrite: true);
        FolderFlush.Flush(Path.GetDirectoryName(path)!);
    }
}
