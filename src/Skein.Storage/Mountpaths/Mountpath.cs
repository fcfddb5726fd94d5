using Skein.Core.Placement;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.Storage.Mountpaths;

/// <summary>One folder, usually one disk, on which this node keeps objects.</summary>
public sealed class Mountpath
{
    internal Mountpath(string path, string label, MountpathIdentity identity, IDisposable held)
    {
        Path = path;
        Label = label;
        Id = identity.MountpathId;
        Identity = identity;
        Lock = held;
        FileSystem = MountTable.Find(path);
        Digest = HrwDigest.OfText(path);
    }

    /// <summary>Absolute path without a slash at its end.</summary>
    public string Path { get; }

    /// <summary>The operator's label; empty when there is none.</summary>
    public string Label { get; }

    /// <summary>Random id given to the disk when it was first used; stays with the disk.</summary>
    public string Id { get; }

    /// <summary>Placement digest of <see cref="Path"/>.</summary>
    public ulong Digest { get; }

    /// <summary>The file system below.</summary>
    public FileSystemDescription FileSystem { get; }

    /// <summary>What the disk said of itself when it was opened.</summary>
    internal MountpathIdentity Identity { get; }

    /// <summary>Keeps other processes away while it is open.</summary>
    internal IDisposable Lock { get; }

    /// <summary>What works on it, once the store has opened it.</summary>
    internal StorageUnit Unit { get; set; } = null!;

    /// <summary>Asks the file system for its space; one system call.</summary>
    /// <exception cref="Core.Errors.StoreException">When the file system does not answer.</exception>
    public MountpathCapacity Capacity() => PosixDisk.Capacity(Path);

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
