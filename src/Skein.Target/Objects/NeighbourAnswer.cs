using System.Globalization;
using System.Net.Http.Headers;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Peers;

namespace Skein.Target.Objects;

/// <summary>Reads what another target says of an object out of the headers of its answer.</summary>
internal static class NeighbourAnswer
{
    /// <summary>The attributes; the size is that of the whole object.</summary>
    public static ObjectAttributes Attributes(HttpResponseMessage answer)
    {
        var headers = answer.Headers.NonValidated;
        var type = Text(headers, HeaderNames.ChecksumType);
        var custom = new List<KeyValuePair<string, string>>();
        if (headers.TryGetValues(HeaderNames.CustomMetadata, out var values))
        {
            foreach (var value in values)
            {
                var equals = value.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0)
                {
                    custom.Add(new(value[..equals], value[(equals + 1)..]));
                }
            }
        }
        return new ObjectAttributes
        {
            Size = answer.Content.Headers.ContentRange?.Length ?? answer.Content.Headers.ContentLength ?? 0,
            Checksum = type.Length == 0 ? Checksum.None : new Checksum(type, Text(headers, HeaderNames.ChecksumValue)),
            Version = Text(headers, HeaderNames.Version),
            AccessTime = long.TryParse(
                Text(headers, HeaderNames.AccessTime), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
                ? time
                : 0,
            Stamp = WriteStampHeader.Parse(Text(headers, WriteStampHeader.Name)),
            Custom = custom,
        };
    }

    /// <summary>One header; empty when it is absent.</summary>
    public static string Text(HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.ToString() : "";
}
