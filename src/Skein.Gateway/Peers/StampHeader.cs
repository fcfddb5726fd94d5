using Skein.Core.Maps;

namespace Skein.Gateway.Peers;

/// <summary>
/// The header by which nodes tell each other which document they hold: cluster id, stamp and hash, a hyphen for what is
/// empty.
/// </summary>
public static class StampHeader
{
    /// <summary>The header's value for a document.</summary>
    public static string Format(SealedDocument document) =>
        $"{(document.Uuid.Length == 0 ? "-" : document.Uuid)} {document.Stamp} "
            + (document.Hash.Length == 0 ? "-" : document.Hash);

    /// <summary>The stamp of a header's value; <see cref="DocumentStamp.None"/> when it is absent or malformed.</summary>
    public static DocumentStamp ReadStamp(string? value)
    {
        var parts = value?.Split(' ');
        return parts is { Length: >= 2 } && DocumentStamp.TryParse(parts[1], out var stamp) ? stamp : DocumentStamp.None;
    }
}
