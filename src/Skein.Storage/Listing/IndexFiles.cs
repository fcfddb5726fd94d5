using Skein.Storage.Disk;

namespace Skein.Storage.Listing;

/// <summary>The files of one mountpath's index and what they say about it.</summary>
internal sealed class IndexFiles
{
    /// <summary>Version of the tables; another one is rebuilt.</summary>
    public const int FormatVersion = 1;

    private const int ApplicationId = 0x536B6978; // "Skix"

    private readonly string _folder;
    private readonly string _clean;
    private readonly string _rebuild;
    private readonly string _mountpathId;
    private readonly string _bootId;

    public IndexFiles(string mountpath, string mountpathId, string bootId)
    {
        _folder = mountpath + "/.skein.index";
        _clean = _folder + "/clean";
        _rebuild = _folder + "/rebuild";
        _mountpathId = mountpathId;
        _bootId = bootId;
        Database = _folder + "/objects.db";
    }

    /// <summary>The database.</summary>
    public string Database { get; }

    /// <summary>One of the two logs of begun changes, 0 or 1.</summary>
    public string Intents(int which) => $"{_folder}/intents.{which}";

    /// <summary>
    /// Decides what the files are worth, and takes the mark of a clean end away: from here on only another clean end
    /// makes the index trustworthy after a lost boot.
    /// </summary>
    public IndexCondition Examine()
    {
        Directory.CreateDirectory(_folder);
        var clean = File.Exists(_clean);
        if (clean)
        {
            File.Delete(_clean);
        }
        new PosixDisk(_folder).SyncFolder(_folder);
        if (File.Exists(_rebuild) || !File.Exists(Database))
        {
            return IndexCondition.Lost;
        }
        try
        {
            using var connection = new IndexConnection(Database);
            if (ReadNumber(connection, "PRAGMA application_id") != ApplicationId
                || ReadNumber(connection, "PRAGMA user_version") != FormatVersion
                || ReadMeta(connection, "complete") != "yes"
                || ReadMeta(connection, "mountpath") != _mountpathId)
            {
                return IndexCondition.Lost;
            }
            if (clean)
            {
                WriteMeta(connection, "boot", _bootId);
                return IndexCondition.Clean;
            }
            return ReadMeta(connection, "boot") == _bootId ? IndexCondition.Killed : IndexCondition.Lost;
        }
        catch (IndexFailure)
        {
            return IndexCondition.Lost;
        }
    }

    /// <summary>Removes the database and makes an empty one, which counts as lost until <see cref="MarkComplete"/>.</summary>
    public void Recreate()
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"])
        {
            File.Delete(Database + suffix);
        }
        using (var connection = new IndexConnection(Database))
        {
            connection.Execute($"PRAGMA application_id={ApplicationId}");
            connection.Execute($"PRAGMA user_version={FormatVersion}");
            connection.Execute("CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
            connection.Execute("CREATE TABLE doomed(bucket INTEGER PRIMARY KEY)");
            connection.Execute(
                "CREATE TABLE objects(bucket INTEGER NOT NULL, name BLOB NOT NULL, header BLOB NOT NULL, "
                    + "PRIMARY KEY(bucket, name)) WITHOUT ROWID");
            WriteMeta(connection, "mountpath", _mountpathId);
            WriteMeta(connection, "boot", _bootId);
        }
        File.Delete(_rebuild);
    }

    /// <summary>Says that the database holds every object.</summary>
    public static void MarkComplete(IndexConnection connection) => WriteMeta(connection, "complete", "yes");

    /// <summary>Says that the database must be rebuilt, whatever it holds.</summary>
    public void MarkForRebuild() => File.WriteAllBytes(_rebuild, []);

    /// <summary>
    /// Says, durably, that the closed database holds everything. Says nothing while somebody still reads it, since the
    /// last reader changes the file when it closes.
    /// </summary>
    public void MarkClean()
    {
        if (File.Exists(Database + "-wal"))
        {
            return;
        }
        using (var file = File.OpenHandle(Database, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(file);
        }
        AtomicFile.Write(_clean, "1\n"u8);
    }

    private static long ReadNumber(IndexConnection connection, string sql)
    {
        using var statement = connection.Prepare(sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    private static string ReadMeta(IndexConnection connection, string key)
    {
        using var statement = connection.Prepare("SELECT value FROM meta WHERE key=?1");
        return statement.Bind(1, key).Step() ? statement.Text(0) : "";
    }

    private static void WriteMeta(IndexConnection connection, string key, string value)
    {
        using var statement = connection.Prepare("INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)");
        statement.Bind(1, key).Bind(2, value).Run();
    }
}
