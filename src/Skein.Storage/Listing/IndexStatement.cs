using SQLitePCL;

namespace Skein.Storage.Listing;

/// <summary>A prepared statement. Parameters count from 1, columns from 0.</summary>
internal sealed class IndexStatement(IndexConnection connection, sqlite3_stmt statement) : IDisposable
{
    public IndexStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    public IndexStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // an empty span would be bound as NULL
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(statement, parameter, 0)
            : raw.sqlite3_bind_blob(statement, parameter, value));
        return this;
    }

    public IndexStatement Bind(int parameter, string value)
    {
        Check(raw.sqlite3_bind_text(statement, parameter, value));
        return this;
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw connection.Failure(code),
        };
    }

    /// <summary>Steps through all rows and makes the statement ready for the next use.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public long Integer(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string() ?? "";

    public void Reset() => raw.sqlite3_reset(statement);

    public void Dispose() => statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw connection.Failure(code);
        }
    }
}
