using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Skein.Core.Maps;
using Skein.Core.Wire;

namespace Skein.Gateway.Quick;

/// <summary>
/// A plain GET of a whole object, as clients send it directly or after a redirect. The reader takes only what it knows in
/// every detail; whatever is unusual, correct or not, is for the HTTP server.
/// </summary>
internal ref struct QuickRequest
{
    /// <summary>Longest head that is looked at, in bytes.</summary>
    public const int MaxHead = 8 << 10;

    /// <summary>Longest name, in bytes.</summary>
    private const int MaxName = 1024;

    private static readonly SearchValues<byte> InName = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/:@+,=()!"u8);

    private static readonly SearchValues<byte> InValue = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8);

    private static readonly SearchValues<byte> InBucket = InValue;

    private static readonly SearchValues<byte> InHost = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    /// <summary>The bucket's name.</summary>
    public ReadOnlySpan<byte> Bucket { get; private set; }

    /// <summary>The object's name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The document stamp of whoever redirected; none when it is not given.</summary>
    public DocumentStamp Stamp { get; private set; }

    /// <summary>True after a redirect.</summary>
    public bool IsRedirected { get; private set; }

    /// <summary>True when there is any mark of a redirect: <c>pid, utm, stamp</c> or <c>rid</c>.</summary>
    public bool IsMarked { get; private set; }

    /// <summary>The query as received, without the question mark.</summary>
    public ReadOnlySpan<byte> Query { get; private set; }

    /// <summary>Number of bytes of the request.</summary>
    public int Length { get; private set; }

    /// <summary>Reads a request from the beginning of the bytes.</summary>
    /// <returns>False when it is not such a one, or not all there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out QuickRequest request)
    {
        request = default;
        var start = "GET /v1/objects/"u8;
        var protocol = " HTTP/1.1\r\n"u8;
        if (!bytes.StartsWith(start))
        {
            return false;
        }
        var head = bytes.Length > MaxHead ? bytes[..MaxHead] : bytes;
        var end = head.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }
        request.Length = end + 4;
        head = head[..(end + 2)];
        var line = head.IndexOf((byte)'\n') + 1;
        return head[..line].EndsWith(protocol)
            && request.ReadTarget(head[start.Length..(line - protocol.Length)])
            && ReadHeaders(head[line..]);
    }

    private bool ReadTarget(ReadOnlySpan<byte> target)
    {
        var question = target.IndexOf((byte)'?');
        var path = question < 0 ? target : target[..question];
        var slash = path.IndexOf((byte)'/');
        if (slash <= 0 || (question >= 0 && !ReadQuery(target[(question + 1)..])))
        {
            return false;
        }
        Query = question < 0 ? default : target[(question + 1)..];
        Bucket = path[..slash];
        Name = path[(slash + 1)..];
        return !Bucket.ContainsAnyExcept(InBucket)
            && Name.Length is > 0 and <= MaxName && !Name.ContainsAnyExcept(InName)
            && Name[0] != '/' && Name[^1] != '/'
            && Name.IndexOf("//"u8) < 0 && Name.IndexOf(".."u8) < 0 && Name.IndexOf("./"u8) < 0
            && !Name.SequenceEqual("."u8) && !Name.EndsWith("/."u8);
    }

    /// <summary>Each parameter at most once, with a value that means what it says.</summary>
    private bool ReadQuery(ReadOnlySpan<byte> query)
    {
        var seen = 0;
        foreach (var range in query.Split((byte)'&'))
        {
            var part = query[range];
            var equals = part.IndexOf((byte)'=');
            if (equals < 0 || equals + 1 == part.Length || part[(equals + 1)..].ContainsAnyExcept(InValue))
            {
                return false;
            }
            var number = Parameter(part[..equals], part[(equals + 1)..]);
            if (number < 0 || (seen & (1 << number)) != 0)
            {
                return false;
            }
            seen |= 1 << number;
            IsMarked |= number != 0;
        }
        return true;
    }

    private int Parameter(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Is(name, QueryNames.Provider))
        {
            return value.SequenceEqual("ais"u8) ? 0 : -1;
        }
        if (Is(name, QueryNames.ProxyId))
        {
            return 1;
        }
        if (Is(name, QueryNames.RedirectTime))
        {
            IsRedirected = true;
            return 2;
        }
        if (Is(name, QueryNames.RequestId))
        {
            return 3;
        }
        if (Is(name, QueryNames.Stamp) && TryReadStamp(value, out var stamp))
        {
            Stamp = stamp;
            return 4;
        }
        return -1;
    }

    private static bool Is(ReadOnlySpan<byte> name, string wanted) => Ascii.Equals(name, wanted);

    private static bool TryReadStamp(ReadOnlySpan<byte> text, out DocumentStamp stamp)
    {
        stamp = default;
        Span<long> numbers = stackalloc long[3];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!Utf8Parser.TryParse(text, out numbers[i], out var used) || numbers[i] < 0
                || (i < 2 ? used >= text.Length || text[used] != '.' : used != text.Length))
            {
                return false;
            }
            text = text[Math.Min(text.Length, used + 1)..];
        }
        stamp = new DocumentStamp(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    private static bool ReadHeaders(ReadOnlySpan<byte> lines)
    {
        var hosts = 0;
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf("\r\n"u8);
            var colon = lines.IndexOf((byte)':');
            if (colon <= 0 || colon > end)
            {
                return false;
            }
            var name = lines[..colon];
            var value = lines[(colon + 1)..end].Trim((byte)' ');
            if (value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E))
            {
                return false;
            }
            if (Ascii.EqualsIgnoreCase(name, "host"u8))
            {
                hosts++;
                if (!IsHost(value))
                {
                    return false;
                }
            }
            else if (!IsHarmless(name, value))
            {
                return false;
            }
            lines = lines[(end + 2)..];
        }
        return hosts == 1;
    }

    /// <summary>Headers that change nothing about the answer.</summary>
    private static bool IsHarmless(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name.Length switch
    {
        6 => Ascii.EqualsIgnoreCase(name, "accept"u8),
        10 => Ascii.EqualsIgnoreCase(name, "user-agent"u8)
            || (Ascii.EqualsIgnoreCase(name, "connection"u8) && Ascii.EqualsIgnoreCase(value, "keep-alive"u8)),
        15 => Ascii.EqualsIgnoreCase(name, "accept-encoding"u8) || Ascii.EqualsIgnoreCase(name, "accept-language"u8),
        _ => false,
    };

    private static bool IsHost(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        var host = colon < 0 ? value : value[..colon];
        var port = colon < 0 ? "0"u8 : value[(colon + 1)..];
        return host.Length > 0 && !host.ContainsAnyExcept(InHost)
            && port.Length is > 0 and <= 5 && !port.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
