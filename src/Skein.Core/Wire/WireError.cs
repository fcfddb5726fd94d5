using System.Text.Json.Serialization;

namespace Skein.Core.Wire;

/// <summary>The body of every error of the native API; keys in this order, on one line.</summary>
public sealed record WireError
{
    /// <summary>Error type by AIStore's name; omitted when empty.</summary>
    [JsonPropertyName("tcode"), JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TypeCode { get; init; }

    /// <summary>Text for people; clients parse bucket and object names out of it.</summary>
    [JsonPropertyName("message"), JsonPropertyOrder(2)]
    public string Message { get; init; } = "";

    /// <summary>HTTP verb.</summary>
    [JsonPropertyName("method"), JsonPropertyOrder(3)]
    public string Method { get; init; } = "";

    /// <summary>Request path, decoded, without the query.</summary>
    [JsonPropertyName("url_path"), JsonPropertyOrder(4)]
    public string UrlPath { get; init; } = "";

    /// <summary>Address of the peer.</summary>
    [JsonPropertyName("remote_addr"), JsonPropertyOrder(5)]
    public string RemoteAddress { get; init; } = "";

    /// <summary>Name of the calling node; empty for a client.</summary>
    [JsonPropertyName("caller"), JsonPropertyOrder(6)]
    public string Caller { get; init; } = "";

    /// <summary>Display name of the node that answers.</summary>
    [JsonPropertyName("node"), JsonPropertyOrder(7)]
    public string Node { get; init; } = "";

    /// <summary>HTTP status.</summary>
    [JsonPropertyName("status"), JsonPropertyOrder(8)]
    public int Status { get; init; }
}
