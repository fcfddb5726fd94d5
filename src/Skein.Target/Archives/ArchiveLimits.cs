namespace Skein.Target.Archives;

/// <summary>The bounds of reading and writing archives. Nothing that an archive says of itself is believed beyond them.</summary>
internal static class ArchiveLimits
{
    /// <summary>Bytes read from a file at a time.</summary>
    public const int BufferBytes = 64 << 10;

    /// <summary>Largest extended header of one TAR entry (long names, PAX attributes), in bytes.</summary>
    public const long MaxTarMetadata = 1 << 20;

    /// <summary>Most bytes that are read of the directory of a ZIP.</summary>
    public const long MaxZipDirectory = 64 << 20;

    /// <summary>Longest time that one name is compared with a pattern.</summary>
    public static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxPattern = 4096;

    /// <summary>How often an append is made anew because the archive was changed meanwhile.</summary>
    public const int MaxAppends = 8;
}
