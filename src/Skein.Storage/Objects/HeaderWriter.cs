using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Skein.Storage.Objects;

/// <summary>Writes numbers of variable length and texts one after another; grows when it must.</summary>
internal ref struct HeaderWriter(Span<byte> initial)
{
    private const int MaxNumberBytes = 10;

    private Span<byte> _buffer = initial;
    private int _used;

    public void Byte(byte value)
    {
        Reserve(1);
        _buffer[_used++] = value;
    }

    /// <summary>Seven bits a byte, low ones first, the high bit says that more follow.</summary>
    public void Number(ulong value)
    {
        Reserve(MaxNumberBytes);
        while (value >= 0x80)
        {
            _buffer[_used++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _buffer[_used++] = (byte)value;
    }

    /// <summary>UTF-8 with its length in front.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number((ulong)length);
        Reserve(length);
        _used += Encoding.UTF8.GetBytes(text, _buffer[_used..]);
    }

    /// <summary>The bytes that the hex digits stand for, without a length.</summary>
    public void Hex(string digits)
    {
        Reserve(digits.Length / 2);
        Convert.FromHexString(digits, _buffer[_used..], out _, out var written);
        _used += written;
    }

    /// <summary>Appends the XXH64 of all before it, low byte first.</summary>
    public byte[] Finish(long seed)
    {
        var bytes = new byte[_used + sizeof(ulong)];
        _buffer[.._used].CopyTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(
            bytes.AsSpan(_used), XxHash64.HashToUInt64(bytes.AsSpan(0, _used), seed));
        return bytes;
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - _used >= more)
        {
            return;
        }
        var greater = new byte[Math.Max(_buffer.Length * 2, _used + more)];
        _buffer[.._used].CopyTo(greater);
        _buffer = greater;
    }
}
