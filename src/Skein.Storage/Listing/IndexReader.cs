namespace Skein.Storage.Listing;

/// <summary>Walks the names of one bucket on one mountpath in order, from any name on. One thread at a time.</summary>
internal sealed class IndexReader : IDisposable
{
    private readonly IndexConnection _connection;
    private readonly IndexStatement _select;
    private ulong _bucket;
    private byte[] _end = [];

    public IndexReader(string path)
    {
        _connection = new IndexConnection(path);
        // a destroyed bucket is invisible at once, though its rows go one by one
        _select = _connection.Prepare(
            "SELECT name, header FROM objects WHERE bucket=?1 AND name>=?2 AND name<?3 "
                + "AND NOT EXISTS (SELECT 1 FROM doomed WHERE bucket=?1) ORDER BY name");
    }

    /// <summary>Rows stepped through since the reader was made.</summary>
    public long RowsRead { get; private set; }

    /// <summary>True when there is a current row.</summary>
    public bool HasRow { get; private set; }

    /// <summary>UTF-8 of the current name; valid until the next move.</summary>
    public ReadOnlySpan<byte> Name => _select.Blob(0);

    /// <summary>The current header; valid until the next move.</summary>
    public ReadOnlySpan<byte> Header => _select.Blob(1);

    /// <summary>Goes to the first name of the bucket that is not less than the start and less than the end.</summary>
    public void Open(ulong bucket, ReadOnlySpan<byte> start, byte[] end)
    {
        _bucket = bucket;
        _end = end;
        Seek(start);
    }

    /// <summary>Goes to the first name that is not less than the start.</summary>
    public void Seek(ReadOnlySpan<byte> start)
    {
        _select.Reset();
        _select.Bind(1, (long)_bucket).Bind(2, start).Bind(3, _end);
        MoveNext();
    }

    /// <summary>Goes to the next name.</summary>
    public void MoveNext()
    {
        HasRow = _select.Step();
        RowsRead++;
    }

    /// <summary>Lets the snapshot go, so that the write-ahead log can be folded in.</summary>
    public void Close()
    {
        _select.Reset();
        HasRow = false;
    }

    public void Dispose()
    {
        _select.Dispose();
        _connection.Dispose();
    }
}
