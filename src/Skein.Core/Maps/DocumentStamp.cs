using System.Globalization;

namespace Skein.Core.Maps;

/// <summary>
/// The place of a control document in the one order of all documents of a cluster: greater wins, equal means identical.
/// </summary>
/// <param name="Generation">Raised only by a forced recovery after the loss of a majority.</param>
/// <param name="Term">Raft term of the primary that committed the document (Ongaro, 2014).</param>
/// <param name="Version">Number of the change.</param>
public readonly record struct DocumentStamp(long Generation, long Term, long Version) : IComparable<DocumentStamp>
{
    /// <summary>No document at all.</summary>
    public static DocumentStamp None => default;

    /// <summary>Orders by generation, term, version.</summary>
    public int CompareTo(DocumentStamp other)
    {
        if (Generation != other.Generation)
        {
            return Generation.CompareTo(other.Generation);
        }
        return Term != other.Term ? Term.CompareTo(other.Term) : Version.CompareTo(other.Version);
    }

    /// <summary>Prints <c>generation.term.version</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Generation}.{Term}.{Version}");

    /// <summary>Reads what <see cref="ToString"/> printed.</summary>
    public static bool TryParse(string? text, out DocumentStamp stamp)
    {
        stamp = default;
        var parts = text?.Split('.');
        if (parts is not { Length: 3 }
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var term)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return false;
        }
        stamp = new DocumentStamp(generation, term, version);
        return true;
    }

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <(DocumentStamp left, DocumentStamp right) => left.CompareTo(right) < 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >(DocumentStamp left, DocumentStamp right) => left.CompareTo(right) > 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <=(DocumentStamp left, DocumentStamp right) => left.CompareTo(right) <= 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >=(DocumentStamp left, DocumentStamp right) => left.CompareTo(right) >= 0;
}
