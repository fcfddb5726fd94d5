using System.Globalization;
using System.Text;

namespace Skein.Client.Transport;

/// <summary>Makes URIs whose path stays exactly as given: no dot segment is removed, no escape is undone.</summary>
internal static class RequestUri
{
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The URI of a call at an endpoint.</summary>
    public static Uri Of(Uri endpoint, RequestSpec spec) =>
        new(endpoint.GetLeftPart(UriPartial.Authority) + spec.Path + (spec.Query.Length == 0 ? "" : "?" + spec.Query),
            Verbatim);

    /// <summary>Where a redirect leads; null when its <c>Location</c> makes no sense.</summary>
    /// <param name="from">The URI that was asked.</param>
    /// <param name="location">The header as received; characters that should have been escaped are escaped here.</param>
    public static Uri? Follow(Uri from, string location)
    {
        var target = Escape(location);
        if (target.StartsWith('/'))
        {
            target = from.GetLeftPart(UriPartial.Authority) + target;
        }
        return Uri.TryCreate(target, Verbatim, out var uri) && uri.IsAbsoluteUri && uri.Scheme is "http" or "https"
            ? uri
            : null;
    }

    private static string Escape(string text)
    {
        if (text.All(c => c is > ' ' and < '\x7f'))
        {
            return text;
        }
        var result = new StringBuilder(text.Length + 16);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (value is > (byte)' ' and < 0x7f)
            {
                result.Append((char)value);
            }
            else
            {
                result.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
        return result.ToString();
    }
}
