using System.Globalization;
using System.Text.Json;
using Skein.Core.Config.Schema;

namespace Skein.Core.Config;

/// <summary>
/// Where a node listens (<c>host_net</c>). An intra network whose host name and port are both empty, zero or equal to
/// the public ones shares the public listener.
/// </summary>
public sealed record HostNetworkSection : ConfigSection
{
    private const int MaxPort = 65535;

    /// <summary>
    /// Host names or addresses of the public network, separated by commas; the first one is advertised. Default empty:
    /// any address.
    /// </summary>
    public string Hostname { get; init; } = "";

    /// <summary>The same for the control network. Default empty: as the public one.</summary>
    public string HostnameControl { get; init; } = "";

    /// <summary>The same for the data network. Default empty: as the public one.</summary>
    public string HostnameData { get; init; } = "";

    /// <summary>Port of the public network, 0 to 65535; 0 takes a free one. Default 8080.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Port of the control network, 0 to 65535; 0 shares the public one. Default 0.</summary>
    public int PortControl { get; init; }

    /// <summary>Port of the data network, 0 to 65535; 0 shares the public one. Default 0.</summary>
    public int PortData { get; init; }

    /// <summary>The public host names one by one; empty when there are none.</summary>
    public IReadOnlyList<string> Hostnames => Split(Hostname);

    /// <summary>The host names of the control network, or the public ones.</summary>
    public IReadOnlyList<string> HostnamesControl => HostnameControl.Length == 0 ? Hostnames : Split(HostnameControl);

    /// <summary>The host names of the data network, or the public ones.</summary>
    public IReadOnlyList<string> HostnamesData => HostnameData.Length == 0 ? Hostnames : Split(HostnameData);

    /// <summary>True when the control network has its own listener.</summary>
    public bool HasOwnControl => IsOwn(HostnameControl, PortControl);

    /// <summary>True when the data network has its own listener.</summary>
    public bool HasOwnData => IsOwn(HostnameData, PortData);

    internal static SectionSchema<HostNetworkSection> Schema { get; } = new SectionSchema<HostNetworkSection>()
        .Text(
            "hostname", s => s.Hostname, (s, v) => s with { Hostname = NoBlanks(v) },
            "Host names or addresses of the public network, separated by commas; empty for any address.")
        .Text(
            "hostname_intra_control", s => s.HostnameControl, (s, v) => s with { HostnameControl = NoBlanks(v) },
            "The same for the control network between nodes; empty for the public ones.")
        .Text(
            "hostname_intra_data", s => s.HostnameData, (s, v) => s with { HostnameData = NoBlanks(v) },
            "The same for the data network between nodes; empty for the public ones.")
        .Add(PortField("port", s => s.Port, (s, v) => s with { Port = v }, "Public port; 0 takes a free one."))
        .Add(PortField(
            "port_intra_control", s => s.PortControl, (s, v) => s with { PortControl = v },
            "Control port; empty, 0 or the public one shares the public listener."))
        .Add(PortField(
            "port_intra_data", s => s.PortData, (s, v) => s with { PortData = v },
            "Data port; empty, 0 or the public one shares the public listener."));

    private static ValueField<HostNetworkSection, int> PortField(
        string name,
        Func<HostNetworkSection, int> get,
        Func<HostNetworkSection, int, HostNetworkSection> set,
        string meaning) =>
        new(name, meaning, new PortKind(), get, set);

    private static string NoBlanks(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private bool IsOwn(string hostname, int port) =>
        (port != 0 && port != Port) || (hostname.Length != 0 && hostname != Hostname);

    /// <summary>A port: written as a string, read as a string or a number; empty is 0.</summary>
    private sealed class PortKind : ValueKind<int>
    {
        public override string TypeName => "port as a string";

        public override string Expected => "a port number 0..65535, as a string or a number";

        public override string Range => $"[0, {MaxPort}]";

        public override bool TryRead(JsonElement element, out int value)
        {
            value = 0;
            return element.ValueKind switch
            {
                JsonValueKind.String => TryParse(element.GetString()!, out value),
                JsonValueKind.Number => element.TryGetInt32(out value),
                _ => false,
            };
        }

        public override bool TryParse(string text, out int value)
        {
            value = 0;
            return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }

        public override void Write(Utf8JsonWriter writer, string name, int value) =>
            writer.WriteString(name, Show(value));

        public override string Show(int value) => value.ToString(CultureInfo.InvariantCulture);

        public override string? Check(string path, int value) =>
            value is >= 0 and <= MaxPort
                ? null
                : $"invalid {path}=\"{value}\" (expected a port in range [0, {MaxPort}])";
    }
}
