using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Skein.Core.Objects;
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
    /// <summary>Of an object whose answer is left to the HTTP server.</summary>
    public static QuickHead None { get; } = new([], []);

    /// <summary>Makes the head of an object's answer.</summary>
    public static QuickHead Of(ObjectAttributes attributes)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        ObjectHeaders.WriteAttributes(headers, attributes, attributes.Checksum);
        if (headers.ETag.Count != 0)
        {
            return None; // a header that the server knows: it has its own place among the others
        }
        var before = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Length: {attributes.Size}\r\nContent-Type: {ObjectHeaders.ContentType}\r\nDate: ");
        var after = new StringBuilder("\r\n");
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                after.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }
        return new QuickHead(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after.Append("\r\n").ToString()));
    }
}
