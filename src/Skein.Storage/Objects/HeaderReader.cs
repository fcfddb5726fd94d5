using System.Text;

namespace Skein.Storage.Objects;

/// <summary>Reads what <see cref="HeaderWriter"/> wrote. Never throws: bad bytes set <see cref="Failed"/>.</summary>
internal ref struct HeaderReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    public readonly bool AtEnd => _rest.IsEmpty;

    public void Fail() => Failed = true;

    public byte Byte()
    {
        var taken = Take(1);
        return taken.IsEmpty ? (byte)0 : taken[0];
    }

    public ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        Failed = true;
        return 0;
    }

    public string Text()
    {
        var length = Number();
        return Encoding.UTF8.GetString(Take(length > (ulong)_rest.Length ? -1 : (int)length));
    }

    public string Hex(int bytes) => Convert.ToHexStringLower(Take(bytes));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            Failed = true;
            return default;
        }
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
