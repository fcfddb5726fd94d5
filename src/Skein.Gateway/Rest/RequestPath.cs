using Skein.Core.Errors;

namespace Skein.Gateway.Rest;

/// <summary>
/// The path of a request as it stands on the request line, split before it is decoded, so that <c>%2F</c> is part of a
/// name and <c>..</c> is never resolved.
/// </summary>
public sealed class RequestPath
{
    private readonly string _raw;
    private readonly List<Range> _segments;

    private RequestPath(string raw, List<Range> segments, string query)
    {
        _raw = raw;
        _segments = segments;
        RawQuery = query;
        Decoded = PercentEncoding.Decode(raw);
        IsVersioned = segments.Count > 0 && raw.AsSpan(segments[0]) is "v1";
        Resource = IsVersioned && segments.Count > 1 ? Segment(1) : "";
    }

    /// <summary>The whole path, decoded, without the query: what errors show.</summary>
    public string Decoded { get; }

    /// <summary>The query without <c>?</c>, exactly as received.</summary>
    public string RawQuery { get; }

    /// <summary>True when the path begins with <c>/v1</c>.</summary>
    public bool IsVersioned { get; }

    /// <summary>The decoded element after <c>/v1/</c>; empty when there is none.</summary>
    public string Resource { get; }

    /// <summary>
    /// Number of elements, those between slashes; one empty element at the end is not counted.
    /// </summary>
    public int Count => _segments.Count > 0 && IsEmpty(_segments[^1]) ? _segments.Count - 1 : _segments.Count;

    /// <summary>One element, decoded.</summary>
    public string Segment(int index) => PercentEncoding.Decode(_raw.AsSpan(_segments[index]));

    /// <summary>Everything from an element to the end, decoded as one text; slashes stay as they are.</summary>
    /// <returns>The text; empty when there are fewer elements.</returns>
    public string Rest(int index) =>
        index < _segments.Count ? PercentEncoding.Decode(_raw.AsSpan(_segments[index].Start.Value)) : "";

    /// <summary>Everything from an element to the end as received, without the leading slash.</summary>
    public string RawRest(int index) => index < _segments.Count ? _raw[_segments[index].Start.Value..] : "";

    /// <summary>Reads a request target: the origin form, or the absolute form that proxies send.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidPath"/> for bad percent-encoding.</exception>
    public static RequestPath Parse(string target)
    {
        var text = target;
        if (text.Length > 0 && text[0] != '/')
        {
            var scheme = text.IndexOf("://", StringComparison.Ordinal);
            if (scheme > 0)
            {
                var slash = text.IndexOfAny(['/', '?'], scheme + 3);
                text = slash < 0 ? "/" : text[slash..];
            }
        }
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : text[(question + 1)..];
        var path = question < 0 ? text : text[..question];
        var start = 0;
        while (start < path.Length && path[start] == '/')
        {
            start++;
        }
        var segments = new List<Range>(6);
        for (var i = start; i <= path.Length && start < path.Length;)
        {
            var slash = path.IndexOf('/', i);
            var end = slash < 0 ? path.Length : slash;
            segments.Add(i..end);
            if (slash < 0)
            {
                break;
            }
            i = slash + 1;
        }
        return new RequestPath(path, segments, query);
    }

    private static bool IsEmpty(Range range) => range.Start.Value == range.End.Value;
}
