using SQLitePCL;

namespace Skein.Storage.Listing;

/// <summary>The index database refused an operation.</summary>
/// <param name="path">The database.</param>
/// <param name="code">SQLite's extended result code.</param>
/// <param name="message">SQLite's message.</param>
internal sealed class IndexFailure(string path, int code, string message)
    : Exception($"{path}: {message} (SQLite {code})")
{
    /// <summary>The database.</summary>
    public string Path { get; } = path;

    /// <summary>True when trying again will not help: the database cannot be read.</summary>
    public bool IsDamage => (Code & 0xFF) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_IOERR
        or raw.SQLITE_CANTOPEN or raw.SQLITE_ERROR;

    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; } = code;
}
