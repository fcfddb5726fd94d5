using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Rest;

namespace Skein.Gateway.Quick;

/// <summary>
/// Status line and headers of a plain GET, as the HTTP server writes what <see cref="ObjectHeaders.WriteContent"/> sets, with
/// a gap for the date.
/// </summary>
/// <param name="Before">Everything before the date.</param>
/// <param name="After">Everything after it, with the empty line.</param>
internal sealed record QuickHead(byte[] Before, byte[] After)
{
    private const int UsualBytes = 512;

    /// <summary>Of an object whose answer is left to the HTTP server.</summary>
    public static QuickHead None { get; } = new([], []);

    /// <summary>Makes the head of an object's answer.</summary>
    public static QuickHead Of(ObjectAttributes attributes)
    {
        Span<byte> text = stackalloc byte[UsualBytes];
        Utf8.TryWrite(
            text, CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Length: {attributes.Size}\r\nContent-Type: {ObjectHeaders.ContentType}\r\nDate: ",
            out var length);
        var before = text[..length].ToArray();
        if (TryWriteUsual(attributes, text, out length))
        {
            return new QuickHead(before, text[..length].ToArray());
        }
        return WriteAll(attributes) is { } after ? new QuickHead(before, after) : None;
    }

    /// <summary>An object with checksum and version, and without metadata of its own: most are.</summary>
    private static bool TryWriteUsual(ObjectAttributes attributes, Span<byte> text, out int length)
    {
        length = 0;
        var checksum = attributes.Checksum;
        return attributes.Custom.Count == 0 && !checksum.IsNone && attributes.Version.Length != 0
            && Utf8.TryWrite(
                text, CultureInfo.InvariantCulture,
                $"\r\n{HeaderNames.AccessTime}: {attributes.AccessTime}\r\n"
                    + $"{HeaderNames.ChecksumType}: {checksum.Type}\r\n{HeaderNames.ChecksumValue}: {checksum.Value}\r\n"
                    + $"{HeaderNames.Version}: {attributes.Version}\r\n\r\n",
                out length);
    }

    /// <summary>Any other; null when a header is among them that the server knows: it has its own place then.</summary>
    private static byte[]? WriteAll(ObjectAttributes attributes)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        ObjectHeaders.WriteAttributes(headers, attributes, attributes.Checksum);
        if (headers.ETag.Count != 0)
        {
            return null;
        }
        var text = new StringBuilder("\r\n");
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                text.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }
        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }
}
