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
/// can be emptied when all its changes have reached the database.
/// </summary>
internal sealed class IntentLog : IDisposable
{
    private const uint Magic = 0x544E4953; // "SINT"
    private const int HeadBytes = 4 + 4 + 4 + 4 + 8;
    private const int TrailerBytes = 8;
    private const int MaxRecordBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle[] _files = new SafeFileHandle[2];
    private readonly long[] _lengths = new long[2];
    private readonly long[] _open = new long[2];
    private readonly IDisk _disk;
    private readonly long _limit;
    private int _active;

    /// <summary>Opens both files and keeps what they hold until it is said to be settled.</summary>
    public IntentLog(IDisk disk, string first, string second, long limit)
    {
        _disk = disk;
        _limit = limit;
        string[] paths = [first, second];
        for (var i = 0; i < 2; i++)
        {
            _files[i] = File.OpenHandle(
                paths[i], FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _lengths[i] = RandomAccess.GetLength(_files[i]);
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
            var length = Encode(rented, bucketUname, bucketId, name);
            lock (_gate)
            {
                var other = 1 - _active;
                if (_lengths[_active] >= _limit && _open[other] == 0)
                {
                    RandomAccess.SetLength(_files[other], 0);
                    _lengths[other] = 0;
                    _active = other;
                }
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
        foreach (var file in _files)
        {
            var bytes = new byte[RandomAccess.GetLength(file)];
            var length = 0;
            while (length < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(length), length) is > 0 and var more)
            {
                length += more;
            }
            var rest = bytes.AsSpan(0, length);
            while (TryDecode(ref rest, out var bucket, out var bucketId, out var name))
            {
                found.Add((bucket, bucketId, name));
            }
        }
        return found;
    }

    public void Dispose()
    {
        _files[0].Dispose();
        _files[1].Dispose();
    }

    private static int Encode(Span<byte> record, string bucketUname, ulong bucketId, string name)
    {
        var bucketBytes = Encoding.UTF8.GetBytes(bucketUname, record[HeadBytes..]);
        var nameBytes = Encoding.UTF8.GetBytes(name, record[(HeadBytes + bucketBytes)..]);
        var length = HeadBytes + bucketBytes + nameBytes + TrailerBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], bucketBytes);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], nameBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], bucketId);
        var body = length - TrailerBytes;
        BinaryPrimitives.WriteUInt64LittleEndian(record[body..], XxHash64.HashToUInt64(record[..body]));
        return length;
    }

    private static bool TryDecode(
        ref Span<byte> rest, out string bucketUname, out ulong bucketId, out string name)
    {
        bucketUname = name = "";
        bucketId = 0;
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
        bucketId = BinaryPrimitives.ReadUInt64LittleEndian(rest[16..]);
        bucketUname = Encoding.UTF8.GetString(rest.Slice(HeadBytes, bucketBytes));
        name = Encoding.UTF8.GetString(rest.Slice(HeadBytes + bucketBytes, nameBytes));
        rest = rest[length..];
        return true;
    }
}
