namespace Skein.Storage.Mountpaths;

/// <summary>The file system below a mountpath.</summary>
/// <param name="Name">What is mounted: a device or a source, as in <c>/dev/nvme0n1p1</c>; "?" when unknown.</param>
/// <param name="Type">Its type, as in <c>ext4</c>; "?" when unknown.</param>
/// <param name="MountPoint">Where it is mounted.</param>
public sealed record FileSystemDescription(string Name, string Type, string MountPoint);
