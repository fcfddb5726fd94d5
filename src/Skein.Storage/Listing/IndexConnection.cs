using SQLitePCL;

namespace Skein.Storage.Listing;

/// <summary>One connection to an index database. One thread at a time.</summary>
internal sealed class IndexConnection : IDisposable
{
    private const int BusyMilliseconds = 10_000;

    private readonly string _path;
    private readonly sqlite3 _database;

    static IndexConnection() => Batteries_V2.Init();

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="IndexFailure">When it cannot be opened or is no database.</exception>
    public IndexConnection(string path)
    {
        _path = path;
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out _database, flags, null);
        try
        {
            if (code != raw.SQLITE_OK)
            {
                throw Failure(code);
            }
            raw.sqlite3_extended_result_codes(_database, 1);
            raw.sqlite3_busy_timeout(_database, BusyMilliseconds);
            Execute("PRAGMA journal_mode=WAL");
            // a killed process loses nothing with OFF; after a lost boot the index is rebuilt from the files anyway
            Execute("PRAGMA synchronous=OFF");
            Execute("PRAGMA cache_size=-1024");
            Execute("PRAGMA temp_store=MEMORY");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs statements without parameters and ignores their rows.</summary>
    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    /// <summary>Prepares one statement.</summary>
    public IndexStatement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v2(_database, sql, out var statement);
        return code == raw.SQLITE_OK ? new IndexStatement(this, statement) : throw Failure(code);
    }

    /// <summary>The error that the last call left.</summary>
    public IndexFailure Failure(int code) =>
        new(_path, code, raw.sqlite3_errmsg(_database).utf8_to_string() ?? "unknown error");

    /// <summary>Leaves the write-ahead log as it is when the connection closes, as a killed process does.</summary>
    public void KeepLogOnClose() =>
        raw.sqlite3_db_config(_database, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    /// <summary>Closes the connection; the last one of a file folds the log into it.</summary>
    public void Dispose()
    {
        raw.sqlite3_close_v2(_database);
        _database.Dispose();
    }
}
