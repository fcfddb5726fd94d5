using System.Text;
using Skein.Core.Errors;

namespace Skein.Core.Objects;

/// <summary>The rules for object names.</summary>
public static class ObjectName
{
    /// <summary>Longest name in UTF-8 bytes: what a path of the operating system can hold beside the mountpath.</summary>
    public const int MaxBytes = 3072;

    /// <summary>Checks a decoded name.</summary>
    /// <remarks>
    /// Refused: empty, longer than <see cref="MaxBytes"/>, an element <c>..</c>, a leading or trailing <c>/</c>, a NUL,
    /// text that is not valid Unicode. Names whose elements are longer than the file system allows are fine:
    /// the storage layer hashes them.
    /// </remarks>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidObjectName"/>.</exception>
    public static void Validate(string name)
    {
        var reason = Reason(name);
        if (reason is not null)
        {
            var shown = name.Length > 128 ? string.Concat(name.AsSpan(0, 128), "...") : name;
            throw new StoreException(StoreErrorCode.InvalidObjectName, $"invalid object name \"{shown}\": {reason}");
        }
    }

    private static string? Reason(string name)
    {
        if (name.Length == 0)
        {
            return "it is empty";
        }
        if (name.Length > MaxBytes || Encoding.UTF8.GetByteCount(name) > MaxBytes)
        {
            return $"longer than {MaxBytes} bytes";
        }
        if (name[0] == '/' || name[^1] == '/')
        {
            return "it begins or ends with '/'";
        }
        if (name.Contains('\0', StringComparison.Ordinal) || HasLoneSurrogate(name))
        {
            return "it is not valid text";
        }
        if (name == ".." || name.StartsWith("../", StringComparison.Ordinal)
            || name.Contains("/../", StringComparison.Ordinal) || name.EndsWith("/..", StringComparison.Ordinal))
        {
            return "may not contain '..' as a path element";
        }
        return name.Contains("../", StringComparison.Ordinal) ? "may not contain '../'" : null;
    }

    private static bool HasLoneSurrogate(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
            {
                continue;
            }
            if (!char.IsHighSurrogate(name[i]) || i + 1 == name.Length || !char.IsLowSurrogate(name[i + 1]))
            {
                return true;
            }
            i++;
        }
        return false;
    }
}
