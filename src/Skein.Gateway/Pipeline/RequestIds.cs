using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Skein.Core.Placement;
using Skein.Core.Wire;

namespace Skein.Gateway.Pipeline;

/// <summary>
/// One id for what a client asks, on whatever nodes it is served: taken from the header <c>X-Request-Id</c> or, after a
/// redirect, from the parameter <c>rid</c>; else made here. It goes along with calls to other nodes and is in the log.
/// </summary>
public static class RequestIds
{
    /// <summary>Longest id that is taken from a client, in characters.</summary>
    public const int MaxLength = 64;

    private const string Parameter = QueryNames.RequestId + "=";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly AsyncLocal<string?> Local = new();

    private static long _last = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>
    /// A number for a request that comes without an id; its 16 hex digits are the id. Counted from a random beginning, and
    /// mixed one to one, so that no two requests of a node have the same, and hardly any two of a cluster.
    /// </summary>
    internal static ulong Next() => HrwDigest.Weight((ulong)Interlocked.Increment(ref _last));

    /// <summary>Id of the request that this flow of work serves; null outside of one.</summary>
    public static string? Current => Local.Value;

    /// <summary>
    /// Gives a request its id: as its trace identifier, in its headers, so that whoever passes it on passes the id on.
    /// </summary>
    internal static void Begin(HttpContext context)
    {
        var asked = context.Request.Headers[HeaderNames.RequestId].ToString();
        var id = IsGood(asked) ? asked
            : InQuery(context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "") is { } redirected ? redirected
            : Next().ToString("x16", CultureInfo.InvariantCulture);
        context.TraceIdentifier = id;
        context.Request.Headers[HeaderNames.RequestId] = id;
        if (id == asked)
        {
            Show(context);
        }
        Local.Value = id;
    }

    /// <summary>Writes the id into the answer: to a client that chose one, and into every error.</summary>
    internal static void Show(HttpContext context) =>
        context.Response.Headers[HeaderNames.RequestId] = context.TraceIdentifier;

    /// <summary>True for 1 to 64 letters, digits, dots, dashes and underscores: it may stand in a log and in a URL.</summary>
    internal static bool IsGood(string id) =>
        id.Length is > 0 and <= MaxLength && id.AsSpan().IndexOfAnyExcept(Allowed) < 0;

    private static string? InQuery(string target)
    {
        for (var at = target.IndexOf(Parameter, StringComparison.Ordinal);
            at > 0;
            at = target.IndexOf(Parameter, at + 1, StringComparison.Ordinal))
        {
            if (target[at - 1] is not ('?' or '&'))
            {
                continue;
            }
            var rest = target[(at + Parameter.Length)..];
            var end = rest.IndexOf('&', StringComparison.Ordinal);
            var id = end < 0 ? rest : rest[..end];
            return IsGood(id) ? id : null;
        }
        return null;
    }
}
