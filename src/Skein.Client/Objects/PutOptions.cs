namespace Skein.Client.Objects;

/// <summary>How an object is stored.</summary>
public sealed record PutOptions
{
    /// <summary>The defaults.</summary>
    public static PutOptions Default { get; } = new();

    /// <summary>
    /// True to compute XXH64 beforehand and send it, so that the target refuses bytes that were damaged on the way.
    /// Sources that cannot be read twice are sent without.
    /// </summary>
    public bool SendChecksum { get; init; } = true;

    /// <summary>Custom metadata; keys hold no <c>=</c>, and neither holds line breaks.</summary>
    public IReadOnlyDictionary<string, string>? Custom { get; init; }

    /// <summary>Told the number of bytes sent, piece by piece; what a failed attempt sent is taken back.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>What of an object is read, and how.</summary>
public sealed record GetOptions
{
    /// <summary>The defaults: everything, verified.</summary>
    public static GetOptions Default { get; } = new();

    /// <summary>First byte to read.</summary>
    public long Offset { get; init; }

    /// <summary>Number of bytes to read; null for all from the offset on. At least 1.</summary>
    public long? Length { get; init; }

    /// <summary>True to look at the home of a remote bucket for a newer version first.</summary>
    public bool Latest { get; init; }

    /// <summary>True to compare the bytes with the checksum that the cluster names. Whole objects only.</summary>
    public bool Verify { get; init; } = true;
}
