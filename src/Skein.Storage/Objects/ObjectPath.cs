using System.Security.Cryptography;
using System.Text;

namespace Skein.Storage.Objects;

/// <summary>
/// Where an object lies below its bucket's object folder. Plain form: the name is the path. Hashed form, for names
/// that cannot be a path: <c>%h/ab/ab...(64 hex digits of the name's SHA-256)</c>, the name then is in the header.
/// </summary>
internal static class ObjectPath
{
    /// <summary>Folder of the hashed form. A name that begins with this element is itself stored hashed.</summary>
    public const string HashFolder = "%h";

    /// <summary>Longest element of a path in bytes.</summary>
    public const int MaxElementBytes = 255;

    /// <summary>
    /// Longest plain path in bytes: under the kernel's 4095, so that the file can still be reached by its whole path
    /// when its bucket is moved to the trash folder.
    /// </summary>
    public const int MaxPathBytes = 4000;

    /// <summary>The plain path; null when the name has none.</summary>
    public static string? Plain(BucketFolder folder, string name) =>
        IsPlain(name, MaxPathBytes - folder.ObjectsBytes - 1) ? string.Concat(folder.Objects, "/", name) : null;

    /// <summary>The hashed path.</summary>
    public static string Hashed(BucketFolder folder, string name)
    {
        Span<byte> small = stackalloc byte[1024];
        var length = Encoding.UTF8.GetMaxByteCount(name.Length);
        var bytes = length <= small.Length ? small : new byte[length];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(name, bytes)], digest);
        var hex = Convert.ToHexStringLower(digest);
        return string.Concat(folder.Objects, "/" + HashFolder + "/", string.Concat(hex.AsSpan(0, 2), "/", hex));
    }

    /// <summary>The folder that holds a path.</summary>
    public static string FolderOf(string path) => path[..path.LastIndexOf('/')];

    private static bool IsPlain(string name, int maxBytes)
    {
        if (name.Length > maxBytes || Encoding.UTF8.GetByteCount(name) > maxBytes)
        {
            return false;
        }
        var first = true;
        foreach (var range in name.AsSpan().Split('/'))
        {
            var element = name.AsSpan()[range];
            if (element.IsEmpty || element is "." or ".." || (first && element is HashFolder)
                || (element.Length * 3 > MaxElementBytes && Encoding.UTF8.GetByteCount(element) > MaxElementBytes))
            {
                return false;
            }
            first = false;
        }
        return true;
    }
}
