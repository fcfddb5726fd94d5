using Skein.Core.Objects;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Listing;

/// <summary>One object of a listing, or one folder of a listing that does not descend.</summary>
/// <param name="Name">The object's name, or the folder's name without the slash at its end.</param>
/// <param name="IsFolder">True for a folder.</param>
/// <param name="Attributes">The attributes; null for a folder and where names only were asked for.</param>
/// <param name="Mountpath">The mountpath that holds the object; for a folder, one that holds part of it.</param>
public sealed record ListEntry(string Name, bool IsFolder, ObjectAttributes? Attributes, Mountpath Mountpath)
{
    /// <summary>What the entry sorts by (as UTF-8 bytes): the name, for a folder with a slash at its end.</summary>
    public string SortKey => IsFolder ? Name + "/" : Name;
}
