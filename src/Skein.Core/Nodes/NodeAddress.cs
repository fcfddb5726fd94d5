using System.Globalization;
using System.Text.Json.Serialization;

namespace Skein.Core.Nodes;

/// <summary>Where a node listens on one of its three networks.</summary>
public sealed record NodeAddress
{
    /// <summary>Host name or IP address.</summary>
    [JsonPropertyName("node_ip_addr"), JsonPropertyOrder(1)]
    public string Host { get; init; } = "";

    /// <summary>TCP port in decimal.</summary>
    [JsonPropertyName("daemon_port"), JsonPropertyOrder(2)]
    public string Port { get; init; } = "";

    /// <summary>Base URL without a trailing slash, for example <c>http://10.0.0.7:8080</c>.</summary>
    [JsonPropertyName("direct_url"), JsonPropertyOrder(3)]
    public string Url { get; init; } = "";

    /// <summary>Builds the address from its parts; IPv6 addresses are put in brackets in the URL.</summary>
    public static NodeAddress Create(string scheme, string host, int port)
    {
        var shown = host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
        var number = port.ToString(CultureInfo.InvariantCulture);
        return new NodeAddress { Host = host, Port = number, Url = $"{scheme}://{shown}:{number}" };
    }
}
