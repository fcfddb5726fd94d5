using Skein.Core.Errors;

namespace Skein.Gateway.Rest.Objects;

/// <summary>What <c>props</c> of a HEAD asks for; without it everything is told (AIStore's first form of HEAD).</summary>
[Flags]
internal enum HeadProps
{
    /// <summary>Size and presence, which are told always.</summary>
    None = 0,

    /// <summary>Checksum.</summary>
    Checksum = 1,

    /// <summary>Last access.</summary>
    AccessTime = 2,

    /// <summary>Version.</summary>
    Version = 4,

    /// <summary>Custom metadata.</summary>
    Custom = 8,

    /// <summary>When it was written.</summary>
    LastModified = 16,

    /// <summary>Entity tag.</summary>
    EntityTag = 32,

    /// <summary>Target and mountpath.</summary>
    Location = 64,

    /// <summary>Mountpaths with copies.</summary>
    Copies = 128,
}

/// <summary>Reads <c>props</c>.</summary>
internal static class HeadPropsText
{
    /// <summary>The words, in the order in which the error lists them.</summary>
    private static readonly (string Word, HeadProps Props)[] Words =
    [
        ("name", HeadProps.None), ("size", HeadProps.None), ("checksum", HeadProps.Checksum),
        ("atime", HeadProps.AccessTime), ("version", HeadProps.Version), ("custom", HeadProps.Custom),
        ("last-modified", HeadProps.LastModified), ("etag", HeadProps.EntityTag), ("location", HeadProps.Location),
        ("copies", HeadProps.Copies),
        // Objects here are in one piece, and not erasure-coded: there is nothing to tell.
        ("ec", HeadProps.None), ("chunked", HeadProps.None),
    ];

    /// <summary>What a list of words, separated by commas, asks for; null for an empty one.</summary>
    /// <exception cref="StoreException">For a word that is none of these.</exception>
    public static HeadProps? Parse(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }
        var all = HeadProps.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var index = Array.FindIndex(Words, pair => pair.Word == word);
            all |= index >= 0
                ? Words[index].Props
                : throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"invalid property \"{(word.Length > 64 ? word[..64] : word)}\" in props list (expecting "
                        + $"[{string.Join(' ', Words.Select(pair => pair.Word))}])");
        }
        return all;
    }
}
