using Skein.Core.Placement;
using Skein.Storage.Disk;

namespace Skein.Storage.Mountpaths;

/// <summary>One folder, usually one disk, on which this node keeps objects.</summary>
public sealed class Mountpath
{
    internal Mountpath(int index, string path, string label, string id, FileSystemDescription fileSystem)
    {
        Index = index;
        Path = path;
        Label = label;
        Id = id;
        FileSystem = fileSystem;
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

    /// <summary>Position in <see cref="MountpathSet.All"/>.</summary>
    internal int Index { get; }

    /// <summary>Asks the file system for its space; one system call.</summary>
    /// <exception cref="Core.Errors.StoreException">When the file system does not answer.</exception>
    public MountpathCapacity Capacity() => PosixDisk.Capacity(Path);

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
