using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Skein.Storage.Disk;

namespace Skein.Storage.Listing;

/// <summary>
/// Says which names are about to change on the disk, before they change. One write into the page cache each, which a
/// killed process does not lose: after it, exactly these names must be looked at again. Two files in turn, so that one
/// can be used anew when all its changes have reached the database. They have their full length from the beginning and
/// are overwritten, so that a delete can be noted on a full disk; each use of a file has another epoch, which tells its
/// records from older ones behind them.
/// </summary>
internal sealed class IntentLog : IDisposable
{
    private const uint Magic = 0x544E4953; // "SINT"
    private const int HeadBytes = 4 + 4 + 4 + 4 + 8 + 8;
    private const int TrailerBytes = 8;
    private const int MaxRecordBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle[] _files = new SafeFileHandle[2];
    private readonly long[] _lengths = new long[2];
    private readonly long[] _open = new long[2];
    private readonly ulong[] _epochs = new ulong[2];
    private readonly IDisk _disk;
    private readonly long _limit;
    private int _active;

    /// <summary>Opens both files.</summary>
    /// <param name="disk">Where they lie.</param>
    /// <param name="paths">Both files; made where they are missing.</param>
    /// <param name="limit">Length in bytes at which the other file is used.</param>
    /// <param name="keep">True to keep what they hold, to be looked at; false to begin anew.</param>
    public IntentLog(IDisk disk, (string First, string Second) paths, long limit, bool keep)
    {
        _disk = disk;
        _limit = limit;
        _files[0] = Open(paths.First, limit + MaxRecordBytes);
        _files[1] = Open(paths.Second, limit + MaxRecordBytes);
        for (var i = 0; i < 2; i++)
        {
            (_lengths[i], _epochs[i]) = Read(_files[i], null);
        }
        if (!keep)
        {
            Reset(0);
            Reset(1);
        }
    }

    /// <summary>Notes that the name is about to change.</summary>
    /// <returns>What <see cref="Settle"/> wants when the change has reached the database or did not happen.</returns>
    public int Begin(string bucketUname, ulong bucketId, string name)
    {
        var most = HeadBytes + Encoding.UTF8.GetMaxByteCount(bucketUname.Length + name.Length) + TrailerBytes;
        var rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            lock (_gate)
            {
                var other = 1 - _active;
                if (_lengths[_active] >= _limit && _open[other] == 0)
                {
                    Reset(other);
                    _active = other;
                }
                var length = Encode(rented, _epochs[_active], bucketUname, bucketId, name);
                _disk.Write(_files[_active], rented.AsSpan(0, length), _lengths[_active]);
                _lengths[_active] += length;
                _open[_active]++;
                return _active;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Keeps both files as they are until <see cref="Release"/>: their content is being worked on.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _open[0]++;
            _open[1]++;
        }
    }

    /// <summary>Ends <see cref="Hold"/>.</summary>
    public void Release()
    {
        Settle(0);
        Settle(1);
    }

    /// <summary>One change that was begun needs no second look any more.</summary>
    public void Settle(int which)
    {
        lock (_gate)
        {
            _open[which]--;
        }
    }

    /// <summary>All names noted in both files, each once. A torn record at an end is ignored: its change had not begun.</summary>
    public IReadOnlySet<(string BucketUname, ulong BucketId, string Name)> ReadAll()
    {
        var found = new HashSet<(string, ulong, string)>();
        Read(_files[0], found);
        Read(_files[1], found);
        return found;
    }

    public void Dispose()
    {
        _files[0].Dispose();
        _files[1].Dispose();
    }

    private static int Encode(
        Span<byte> record, ulong epoch, string bucketUname, ulong bucketId, string name)
    {
        var bucketBytes = Encoding.UTF8.GetBytes(bucketUname, record[HeadBytes..]);
        var nameBytes = Encoding.UTF8.GetBytes(name, record[(HeadBytes + bucketBytes)..]);
        var length = HeadBytes + bucketBytes + nameBytes + TrailerBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], bucketBytes);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], nameBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], bucketId);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], epoch);
        var body = length - TrailerBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(record[body..], XxHash64.HashToUInt64(record[..body]));
        return length;
    }

    private static SafeFileHandle Open(string path, long length)
    {
        var file = File.OpenHandle(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var zeros = new byte[MaxRecordBytes];
        for (var have = RandomAccess.GetLength(file); have < length; have += zeros.Length)
        {
            RandomAccess.Write(file, zeros, have);
        }
        return file;
    }

    /// <summary>Reads the records of the file's last epoch.</summary>
    /// <returns>Where they end, and the epoch.</returns>
    private static (long Length, ulong Epoch) Read(SafeFileHandle file, HashSet<(string, ulong, string)>? found)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(length), length) is > 0 and var more)
        {
            length += more;
        }
        var rest = bytes.AsSpan(0, length);
        var epoch = 0UL;
        var end = 0;
        while (TryDecode(ref rest, out var record) && (end == 0 || record.Epoch == epoch))
        {
            epoch = record.Epoch;
            end = length - rest.Length;
            found?.Add((record.BucketUname, record.BucketId, record.Name));
        }
        return (end, epoch);
    }

    /// <summary>Begins the file anew: what it holds no longer counts.</summary>
    private void Reset(int which)
    {
        _epochs[which] = Math.Max(_epochs[0], _epochs[1]) + 1;
        _lengths[which] = 0;
        Span<byte> none = stackalloc byte[sizeof(uint)];
        none.Clear();
        _disk.Write(_files[which], none, 0);
    }

    private static bool TryDecode(ref Span<byte> rest, out Record record)
    {
        record = default;
        if (rest.Length < HeadBytes + TrailerBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest) != Magic)
        {
            return false;
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        var bucketBytes = BinaryPrimitives.ReadInt32LittleEndian(rest[8..]);
        var nameBytes = BinaryPrimitives.ReadInt32LittleEndian(rest[12..]);
        if (length is < HeadBytes + TrailerBytes or > MaxRecordBytes || length > rest.Length
            || bucketBytes < 0 || nameBytes < 0 || HeadBytes + bucketBytes + nameBytes + TrailerBytes != length)
        {
            return false;
        }
        var body = length - TrailerBytes;
        if (BinaryPrimitives.ReadUInt64LittleEndian(rest[body..]) != XxHash64.HashToUInt64(rest[..body]))
        {
            return false;
        }
        record = new Record(
            BinaryPrimitives.ReadUInt64LittleEndian(rest[24..]),
            Encoding.UTF8.GetString(rest.Slice(HeadBytes, bucketBytes)),
            BinaryPrimitives.ReadUInt64LittleEndian(rest[16..]),
            Encoding.UTF8.GetString(rest.Slice(HeadBytes + bucketBytes, nameBytes)));
        rest = rest[length..];
        return true;
    }

    private readonly record struct Record(ulong Epoch, string BucketUname, ulong BucketId, string Name);
}
