using Skein.Core.Errors;

namespace Skein.Gateway.Ports;

/// <summary>The words of <c>archmode</c>.</summary>
public static class ArchiveModes
{
    private static readonly string[] Words = ["regexp", "prefix", "suffix", "substr", "wdskey"];

    /// <summary>The mode that a word stands for.</summary>
    /// <exception cref="StoreException">When it stands for none.</exception>
    public static ArchiveMatchMode Parse(string word)
    {
        var index = Array.IndexOf(Words, word);
        return index >= 0
            ? (ArchiveMatchMode)index
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid archmode \"{(word.Length > 64 ? word[..64] : word)}\" (expecting one of [{string.Join(' ', Words)}])");
    }

    /// <summary>The word of a mode.</summary>
    public static string Word(ArchiveMatchMode mode) => Words[(int)mode];
}
