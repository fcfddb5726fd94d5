namespace Skein.Core.Archives;

/// <summary>The kinds of archive that are read and written.</summary>
public enum ArchiveFormat
{
    /// <summary>TAR.</summary>
    Tar,

    /// <summary>TAR compressed with gzip.</summary>
    Tgz,

    /// <summary>TAR in an LZ4 frame.</summary>
    TarLz4,

    /// <summary>ZIP.</summary>
    Zip,
}
