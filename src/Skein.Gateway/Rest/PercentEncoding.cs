using System.Buffers;
using System.Text;
using Skein.Core.Errors;

namespace Skein.Gateway.Rest;

/// <summary>Percent-encoding of URLs (RFC 3986), strict where the base library is lenient.</summary>
public static class PercentEncoding
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> PathSafe = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    /// <summary>Decodes every <c>%XX</c> exactly once; the result must be UTF-8.</summary>
    /// <param name="text">Encoded text.</param>
    /// <param name="plusIsSpace">True in queries.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidPath"/>.</exception>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsSpace = false)
    {
        if (text.IndexOf('%') < 0 && (!plusIsSpace || text.IndexOf('+') < 0) && Ascii.IsValid(text))
        {
            return text.ToString();
        }
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var used = DecodeBytes(text, plusIsSpace, buffer);
            return Strict.GetString(buffer, 0, used);
        }
        catch (ArgumentException)
        {
            throw Invalid(text);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Encodes for the path of a URL; <c>/</c> stays.</summary>
    public static string EncodePath(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(PathSafe))
        {
            return text;
        }
        var builder = new StringBuilder(text.Length + 32);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && PathSafe.Contains((char)rune.Value))
            {
                builder.Append((char)rune.Value);
                continue;
            }
            foreach (var unit in utf8[..rune.EncodeToUtf8(utf8)])
            {
                builder.Append('%').Append(Hex(unit >> 4)).Append(Hex(unit & 15));
            }
        }
        return builder.ToString();
    }

    private static int DecodeBytes(ReadOnlySpan<char> text, bool plusIsSpace, Span<byte> buffer)
    {
        var used = 0;
        for (var i = 0; i < text.Length;)
        {
            var unit = text[i];
            if (unit == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    throw Invalid(text);
                }
                buffer[used++] = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
                i += 3;
                continue;
            }
            if (unit < 0x80)
            {
                buffer[used++] = unit == '+' && plusIsSpace ? (byte)' ' : (byte)unit;
                i++;
                continue;
            }
            var run = i;
            while (i < text.Length && text[i] >= 0x80)
            {
                i++;
            }
            used += Strict.GetBytes(text[run..i], buffer[used..]);
        }
        return used;
    }

    private static int Digit(char hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private static char Hex(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);

    private static StoreException Invalid(ReadOnlySpan<char> text)
    {
        var shown = text.Length > 100 ? text[..100].ToString() : text.ToString();
        return new StoreException(StoreErrorCode.InvalidPath, $"invalid URL escape or text in \"{shown}\"");
    }
}
