using Microsoft.Win32.SafeHandles;

namespace Skein.Storage.Objects;

/// <summary>An object's open file with its header, both of the same moment.</summary>
/// <param name="File">Open for reading; whoever gets this closes it.</param>
/// <param name="Header">The header.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="IsHashed">True for the hashed form.</param>
internal sealed record FoundObject(SafeFileHandle File, ObjectHeader Header, string Path, bool IsHashed) : IDisposable
{
    public void Dispose() => File.Dispose();
}
