namespace Skein.Cluster.Metadata;

/// <summary>
/// What the files of the metadata folder need of a file system; the simulator has one that loses power, tears writes
/// and flips bits.
/// </summary>
internal interface IMetadataDisk
{
    /// <summary>True when there is a file.</summary>
    bool Exists(string path);

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="IOException">When it cannot be read.</exception>
    byte[] Read(string path);

    /// <summary>Writes a file anew; not durable before <see cref="Flush"/>.</summary>
    void Write(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body);

    /// <summary>Makes the bytes of a file durable; its name is not before <see cref="FlushFolder"/>.</summary>
    void Flush(string path);

    /// <summary>Gives a file another name, in place of the one that has it.</summary>
    void Move(string from, string to);

    /// <summary>Removes a file, if it is there.</summary>
    void Delete(string path);

    /// <summary>Makes names durable.</summary>
    void FlushFolder(string folder);
}

/// <summary>The file system of the machine.</summary>
internal sealed class MetadataDisk : IMetadataDisk
{
    /// <summary>The one.</summary>
    public static MetadataDisk Real { get; } = new();

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public byte[] Read(string path) => File.ReadAllBytes(path);

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, head, 0);
        RandomAccess.Write(file, body, head.Length);
    }

    /// <inheritdoc/>
    public void Flush(string path)
    {
        // Flushing makes the bytes of the file durable, through whichever handle they were written.
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.FlushToDisk(file);
    }

    /// <inheritdoc/>
    public void Move(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void FlushFolder(string folder) => FolderFlush.Flush(folder);
}
