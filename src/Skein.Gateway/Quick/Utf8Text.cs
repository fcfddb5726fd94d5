using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Skein.Gateway.Quick;

/// <summary>Text in UTF-8 that is put together in a given room, without allocating.</summary>
/// <param name="room">Where it is written; writing past its end throws <see cref="ArgumentException"/>.</param>
internal ref struct Utf8Text(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    /// <summary>Bytes that were written.</summary>
    public int Length { get; private set; }

    /// <summary>Adds bytes.</summary>
    [UnscopedRef]
    public ref Utf8Text Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_room[Length..]);
        Length += bytes.Length;
        return ref this;
    }

    /// <summary>Adds text.</summary>
    [UnscopedRef]
    public ref Utf8Text Append(string text)
    {
        Length += Encoding.UTF8.GetBytes(text, _room[Length..]);
        return ref this;
    }

    /// <summary>Adds an ASCII character.</summary>
    [UnscopedRef]
    public ref Utf8Text Append(char ascii)
    {
        _room[Length++] = (byte)ascii;
        return ref this;
    }

    /// <summary>Adds a number in decimal.</summary>
    [UnscopedRef]
    public ref Utf8Text Append(long number)
    {
        Advance(number.TryFormat(_room[Length..], out var used, default, CultureInfo.InvariantCulture), used);
        return ref this;
    }

    /// <summary>Adds a number as 16 hex digits.</summary>
    [UnscopedRef]
    public ref Utf8Text AppendHex(ulong number)
    {
        Advance(number.TryFormat(_room[Length..], out var used, "x16", CultureInfo.InvariantCulture), used);
        return ref this;
    }

    private void Advance(bool fits, int used) =>
        Length += fits ? used : throw new ArgumentException("there is no room for a number");
}
