using System.Text;
using Skein.Core.Errors;

namespace Skein.Core.Archives;

/// <summary>The rules for names inside archives.</summary>
public static class ArchivePath
{
    /// <summary>Longest name in UTF-8 bytes.</summary>
    public const int MaxBytes = 3072;

    /// <summary>Checks a name under which something is to be stored in an archive.</summary>
    /// <remarks>
    /// Whoever unpacks the archive must not be led out of the folder: <c>..</c> and a leading <c>/</c> are refused.
    /// </remarks>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidRequest"/>.</exception>
    public static void Validate(string path)
    {
        var reason = path.Length == 0 ? "it is empty"
            : path.Length > MaxBytes || Encoding.UTF8.GetByteCount(path) > MaxBytes ? $"longer than {MaxBytes} bytes"
            : path[0] == '/' || path[^1] == '/' ? "it begins or ends with '/'"
            : path.Contains('\0', StringComparison.Ordinal) ? "it contains NUL"
            : path.Split('/').Contains("..") ? "may not contain '..' as a path element"
            : null;
        if (reason is not null)
        {
            var shown = path.Length > 128 ? string.Concat(path.AsSpan(0, 128), "...") : path;
            throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid archpath \"{shown}\": {reason}");
        }
    }
}
