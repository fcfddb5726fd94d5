using System.Globalization;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Quick;

namespace Skein.Gateway.Rest.Objects;

/// <summary>
/// What a node adds to the query of a request that it sends on: <c>pid=…&amp;utm=…&amp;stamp=…&amp;rid=…</c>, so that the
/// target knows who sent it, when, under which document, and as which request.
/// </summary>
internal static class RedirectMarks
{
    /// <summary>Most bytes, for ids of the lengths that are allowed.</summary>
    public const int MaxLength = 512;

    /// <summary>As text.</summary>
    /// <param name="node">Id of the node that redirects.</param>
    /// <param name="now">When.</param>
    /// <param name="stamp">Under which document.</param>
    /// <param name="requestId">Id of the request.</param>
    public static string Text(string node, DateTimeOffset now, DocumentStamp stamp, string requestId) => string.Create(
        CultureInfo.InvariantCulture,
        stackalloc char[MaxLength],
        $"{QueryNames.ProxyId}={node}&{QueryNames.RedirectTime}={Nanoseconds(now)}&{QueryNames.Stamp}={stamp}"
            + $"&{QueryNames.RequestId}={requestId}");

    /// <summary>The same in UTF-8, for a request that was given a number as its id; nothing is allocated.</summary>
    public static void Write(ref Utf8Text output, string node, DateTimeOffset now, DocumentStamp stamp, ulong requestNumber)
    {
        output.Append(QueryNames.ProxyId).Append('=').Append(node)
            .Append('&').Append(QueryNames.RedirectTime).Append('=').Append(Nanoseconds(now))
            .Append('&').Append(QueryNames.Stamp).Append('=')
            .Append(stamp.Generation).Append('.').Append(stamp.Term).Append('.').Append(stamp.Version)
            .Append('&').Append(QueryNames.RequestId).Append('=').AppendHex(requestNumber);
    }

    private static long Nanoseconds(DateTimeOffset now) =>
        (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
