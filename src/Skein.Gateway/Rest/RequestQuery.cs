using System.Globalization;
using Skein.Core.Errors;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary>The parameters of a query, decoded. Names are case-sensitive; of a repeated name the first counts.</summary>
public sealed class RequestQuery
{
    private readonly List<KeyValuePair<string, string>> _pairs;

    private RequestQuery(List<KeyValuePair<string, string>> pairs) => _pairs = pairs;

    /// <summary>All parameters in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>Reads a raw query.</summary>
    /// <exception cref="StoreException">
    /// For bad percent-encoding, or more than <see cref="GatewayLimits.MaxQueryParameters"/> parameters.
    /// </exception>
    public static RequestQuery Parse(string raw)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var range in raw.AsSpan().Split('&'))
        {
            var part = raw.AsSpan(range);
            if (part.IsEmpty)
            {
                continue;
            }
            if (pairs.Count == GatewayLimits.MaxQueryParameters)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"more than {GatewayLimits.MaxQueryParameters} query parameters");
            }
            var equals = part.IndexOf('=');
            var name = equals < 0 ? part : part[..equals];
            var value = equals < 0 ? default : part[(equals + 1)..];
            pairs.Add(new(
                PercentEncoding.Decode(name, plusIsSpace: true), PercentEncoding.Decode(value, plusIsSpace: true)));
        }
        return new RequestQuery(pairs);
    }

    /// <summary>The value of a parameter; null when it is absent, empty when it has no value.</summary>
    public string? Find(string name)
    {
        foreach (var pair in _pairs)
        {
            if (pair.Key == name)
            {
                return pair.Value;
            }
        }
        return null;
    }

    /// <summary>The value of a parameter; empty when it is absent.</summary>
    public string Get(string name) => Find(name) ?? "";

    /// <summary>True when the parameter is there, with or without a value.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>True for <c>true, 1, t, y, yes, on</c> in any case.</summary>
    public bool Flag(string name) => IsTrue(Find(name));

    /// <summary>A whole number; null when absent or empty.</summary>
    /// <exception cref="StoreException">When it is not a number.</exception>
    public long? Number(string name)
    {
        var text = Find(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new StoreException(
                StoreErrorCode.InvalidRequest, $"invalid query parameter {name}=\"{Shorten(text)}\": expecting a number");
    }

    /// <summary>True for the words that AIStore takes as true.</summary>
    public static bool IsTrue(string? text) =>
        text is not null && text.ToLowerInvariant() is "true" or "1" or "t" or "y" or "yes" or "on";

    private static string Shorten(string text) => text.Length > 40 ? text[..40] : text;
}
