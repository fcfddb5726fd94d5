using System.Globalization;

namespace Skein.Cluster.Consensus;

/// <summary>A reign: at most one primary exists in each.</summary>
/// <param name="Generation">Raised only by a forced recovery.</param>
/// <param name="Term">Raft term.</param>
public readonly record struct Epoch(long Generation, long Term) : IComparable<Epoch>
{
    /// <summary>Orders by generation, then term.</summary>
    public int CompareTo(Epoch other) =>
        Generation != other.Generation ? Generation.CompareTo(other.Generation) : Term.CompareTo(other.Term);

    /// <summary>The next term of the same generation.</summary>
    public Epoch Next() => this with { Term = Term + 1 };

    /// <summary>Prints <c>generation.term</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Generation}.{Term}");

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <(Epoch left, Epoch right) => left.CompareTo(right) < 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >(Epoch left, Epoch right) => left.CompareTo(right) > 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator <=(Epoch left, Epoch right) => left.CompareTo(right) <= 0;

    /// <summary>Compares as <see cref="CompareTo"/>.</summary>
    public static bool operator >=(Epoch left, Epoch right) => left.CompareTo(right) >= 0;
}
