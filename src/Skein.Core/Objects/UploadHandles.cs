using System.Globalization;
using System.Security.Cryptography;
using Skein.Core.Errors;

namespace Skein.Core.Objects;

/// <summary>
/// What a client holds between two appends, opaque to it: which target has the bytes, under which upload, and how many
/// there are. It stands for exactly that state: to append to an older state again replaces what was appended since.
/// </summary>
/// <param name="NodeId">The target.</param>
/// <param name="Upload">The upload there.</param>
/// <param name="Offset">Bytes so far.</param>
/// <param name="Pieces">Appends so far.</param>
public sealed record AppendHandle(string NodeId, string Upload, long Offset, int Pieces)
{
    private const char Separator = '|';

    /// <summary>Reads a handle.</summary>
    /// <exception cref="StoreException">When it is none.</exception>
    public static AppendHandle Parse(string text)
    {
        var parts = text.Split(Separator);
        return parts.Length == 4 && parts[0].Length != 0 && UploadIds.IsRandomPart(parts[1])
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            && int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var pieces)
            ? new AppendHandle(parts[0], parts[1], offset, pieces)
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid APPEND handle: \"{(text.Length > 100 ? text[..100] : text)}\"");
    }

    /// <summary>The handle as clients get it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{NodeId}{Separator}{Upload}{Separator}{Offset}{Separator}{Pieces}");
}

/// <summary>Ids of multipart uploads: a random part, a hyphen, and the target that has the parts.</summary>
public static class UploadIds
{
    private const int RandomBytes = 12;

    /// <summary>A fresh random part.</summary>
    public static string NewRandomPart() => RandomNumberGenerator.GetHexString(RandomBytes * 2, lowercase: true);

    /// <summary>True for what <see cref="NewRandomPart"/> gives: nothing that could be a path.</summary>
    public static bool IsRandomPart(string text) =>
        text.Length == RandomBytes * 2 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The id as clients get it.</summary>
    public static string Format(string random, string nodeId) => $"{random}-{nodeId}";

    /// <summary>Takes an id apart; null when it is none.</summary>
    public static (string Random, string NodeId)? Parse(string id)
    {
        const int length = RandomBytes * 2;
        return id.Length > length + 1 && id[length] == '-' && IsRandomPart(id[..length])
            ? (id[..length], id[(length + 1)..])
            : null;
    }
}
