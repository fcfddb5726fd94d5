using Microsoft.Win32.SafeHandles;
using Skein.Core.Objects;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Objects;

/// <summary>
/// An object open for reading: bytes and attributes of one moment, whatever overwrites or deletes the name meanwhile.
/// </summary>
public sealed class ObjectHandle : IDisposable
{
    internal ObjectHandle(ObjectAttributes attributes, Mountpath mountpath, SafeFileHandle file, string physicalPath)
    {
        Attributes = attributes;
        Mountpath = mountpath;
        File = file;
        PhysicalPath = physicalPath;
    }

    /// <summary>The attributes; <see cref="ObjectAttributes.Size"/> is the length of <see cref="File"/>.</summary>
    public ObjectAttributes Attributes { get; }

    /// <summary>The mountpath that holds the object.</summary>
    public Mountpath Mountpath { get; }

    /// <summary>The open file, seekable, for reads at an offset.</summary>
    public SafeFileHandle File { get; }

    /// <summary>Where the file lay when it was opened; for people, not for opening it again.</summary>
    public string PhysicalPath { get; }

    /// <summary>Closes the file.</summary>
    public void Dispose() => File.Dispose();
}
