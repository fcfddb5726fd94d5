using System.Globalization;
using System.Net;
using Skein.Core.Config;
using Skein.Core.Nodes;

namespace Skein.Node.CommandLine;

/// <summary>
/// The environment variables of a node, all read in one place. A variable that is set overrides the configuration;
/// flags of the command line override variables.
/// </summary>
internal sealed record NodeEnvironment
{
    /// <summary>Variable that overrides how a target moves bytes of objects.</summary>
    public const string DataPathVariable = "SKEIN_DATA_PATH";

    /// <summary>Every variable that is read, with its meaning, in the order of the documentation.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Variables { get; } =
    [
        ("AIS_PRIMARY_EP", "Where the primary is: host:port or a URL, or several separated by commas; where a node looks first."),
        ("AIS_DAEMON_ID", "Id of the node; -daemon_id comes before it."),
        ("AIS_HOST_IP", "IP address that is advertised on the public network."),
        ("AIS_HOST_PORT", "Port that is advertised on the public network."),
        ("AIS_PUBLIC_HOSTNAME", "Host name that is advertised on the public network."),
        ("AIS_PUBLIC_DNS_MODE", "How the public host name is chosen; kept as text."),
        ("AIS_PUBLIC_IP_CIDR", "Network, such as 10.0.0.0/8, that tells which of several interfaces is public."),
        ("AIS_CLUSTER_CIDR", "Network, such as 10.0.0.0/8, whose clients are sent to the intra networks of targets."),
        ("AIS_USE_IPv6", "true to prefer IPv6 addresses."),
        ("AIS_USE_HTTPS", "Overrides net.http.use_https."),
        ("AIS_SERVER_CRT", "Overrides net.http.server_crt."),
        ("AIS_SERVER_KEY", "Overrides net.http.server_key."),
        ("AIS_CRT", "File with the certificate with which the node calls others."),
        ("AIS_CRT_KEY", "File with the key of that certificate."),
        ("AIS_CLIENT_CA", "Overrides net.http.client_ca_tls."),
        ("AIS_SKIP_VERIFY_CRT", "Overrides net.http.skip_verify."),
        ("AIS_READ_HEADER_TIMEOUT", "Limit of receiving request headers, such as 10s; 0s for none."),
        ("AIS_PROMETHEUS", "Taken for the sake of AIStore's set-ups: metrics are always on."),
        ("MY_POD", "Name of the Kubernetes pod."),
        ("MY_NODE", "Name of the Kubernetes node."),
        ("MY_SERVICE", "Kubernetes service of the node."),
        ("K8S_NS", "Kubernetes namespace."),
        ("POD_NAMESPACE", "The same; K8S_NS comes before it."),
        ("AIS_K8S_CLUSTER_DOMAIN", "Domain of the Kubernetes cluster; cluster.local when not set."),
        ("HOST_NETWORK", "true when the pod uses the network of its host."),
        ("ENABLE_EXTERNAL_ACCESS", "true when clients are outside Kubernetes."),
        (DataPathVariable, "Overrides data_path.transport of a target: direct or kestrel."),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "URL of an OpenTelemetry collector to which metrics and traces are sent."),
    ];

    /// <summary>Where the primary is (<c>AIS_PRIMARY_EP</c>), host and port or a URL; null when not set.</summary>
    public string? PrimaryEndpoint { get; init; }

    /// <summary>Id of the node (<c>AIS_DAEMON_ID</c>); null when not set.</summary>
    public string? DaemonId { get; init; }

    /// <summary>Address that is advertised on the public network (<c>AIS_HOST_IP</c>); null when not set.</summary>
    public string? HostAddress { get; init; }

    /// <summary>Port that is advertised on the public network (<c>AIS_HOST_PORT</c>); null when not set.</summary>
    public int? HostPort { get; init; }

    /// <summary>
    /// Host name that is advertised on the public network (<c>AIS_PUBLIC_HOSTNAME</c>); null when not set.
    /// </summary>
    public string? PublicHostname { get; init; }

    /// <summary>
    /// Clients inside this network are sent to intra networks (<c>AIS_CLUSTER_CIDR</c>); null when not set.
    /// </summary>
    public IPNetwork? ClusterNetwork { get; init; }

    /// <summary>Which of several interfaces is public (<c>AIS_PUBLIC_IP_CIDR</c>); null when not set.</summary>
    public IPNetwork? PublicNetwork { get; init; }

    /// <summary>Overrides <c>net.http.use_https</c> (<c>AIS_USE_HTTPS</c>); null when not set.</summary>
    public bool? UseHttps { get; init; }

    /// <summary>Overrides <c>net.http.server_crt</c> (<c>AIS_SERVER_CRT</c>); null when not set.</summary>
    public string? ServerCertificate { get; init; }

    /// <summary>Overrides <c>net.http.server_key</c> (<c>AIS_SERVER_KEY</c>); null when not set.</summary>
    public string? ServerKey { get; init; }

    /// <summary>Certificate with which the node calls others (<c>AIS_CRT</c>); null when not set.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>Key of <see cref="ClientCertificate"/> (<c>AIS_CRT_KEY</c>); null when not set.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Overrides <c>net.http.client_ca_tls</c> (<c>AIS_CLIENT_CA</c>); null when not set.</summary>
    public string? ClientAuthority { get; init; }

    /// <summary>Overrides <c>net.http.skip_verify</c> (<c>AIS_SKIP_VERIFY_CRT</c>); null when not set.</summary>
    public bool? SkipVerify { get; init; }

    /// <summary>
    /// Limit of receiving request headers (<c>AIS_READ_HEADER_TIMEOUT</c>), zero for none; null when not set.
    /// </summary>
    public TimeSpan? ReadHeaderTimeout { get; init; }

    /// <summary>True when metrics are asked for by <c>AIS_PROMETHEUS</c>.</summary>
    public bool Prometheus { get; init; }

    /// <summary>Name of the Kubernetes pod (<c>MY_POD</c>); empty outside Kubernetes.</summary>
    public string PodName { get; init; } = "";

    /// <summary>Name of the Kubernetes node (<c>MY_NODE</c>); empty outside Kubernetes.</summary>
    public string KubernetesNode { get; init; } = "";

    /// <summary>Kubernetes namespace (<c>K8S_NS</c>, <c>POD_NAMESPACE</c>); empty outside Kubernetes.</summary>
    public string KubernetesNamespace { get; init; } = "";

    /// <summary>Kubernetes service of the node (<c>MY_SERVICE</c>); empty outside Kubernetes.</summary>
    public string KubernetesService { get; init; } = "";

    /// <summary>
    /// Domain of the Kubernetes cluster (<c>AIS_K8S_CLUSTER_DOMAIN</c>); <c>cluster.local</c> by default.
    /// </summary>
    public string KubernetesDomain { get; init; } = "cluster.local";

    /// <summary>True when the pod uses the network of its host (<c>HOST_NETWORK</c>).</summary>
    public bool HostNetwork { get; init; }

    /// <summary>True when clients are outside Kubernetes (<c>ENABLE_EXTERNAL_ACCESS</c>).</summary>
    public bool ExternalAccess { get; init; }

    /// <summary>How the public host name is chosen (<c>AIS_PUBLIC_DNS_MODE</c>); null when not set.</summary>
    public string? PublicDnsMode { get; init; }

    /// <summary>True to prefer IPv6 addresses (<c>AIS_USE_IPv6</c>).</summary>
    public bool UseIpv6 { get; init; }

    /// <summary>Collector of metrics and traces (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>); empty for none.</summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>Overrides <c>data_path.transport</c> (<c>SKEIN_DATA_PATH</c>); null when not set.</summary>
    public DataTransport? Transport { get; init; }

    /// <summary>Reads the environment of this process.</summary>
    /// <exception cref="StartupException">When a variable has a value that makes no sense.</exception>
    public static NodeEnvironment Read() => Read(Environment.GetEnvironmentVariable);

    /// <summary>Reads variables from any source; an empty value counts as not set.</summary>
    /// <exception cref="StartupException">When a variable has a value that makes no sense.</exception>
    public static NodeEnvironment Read(Func<string, string?> variable)
    {
        string? Text(string name) => variable(name) is { Length: > 0 } value ? value : null;
        return new NodeEnvironment
        {
            PrimaryEndpoint = Text("AIS_PRIMARY_EP"),
            DaemonId = ParseId(Text("AIS_DAEMON_ID")),
            HostAddress = ParseAddress(Text("AIS_HOST_IP")),
            HostPort = ParsePort(Text("AIS_HOST_PORT")),
            PublicHostname = Text("AIS_PUBLIC_HOSTNAME"),
            ClusterNetwork = ParseNetwork("AIS_CLUSTER_CIDR", Text("AIS_CLUSTER_CIDR")),
            PublicNetwork = ParseNetwork("AIS_PUBLIC_IP_CIDR", Text("AIS_PUBLIC_IP_CIDR")),
            UseHttps = ParseSwitch("AIS_USE_HTTPS", Text("AIS_USE_HTTPS")),
            ServerCertificate = Text("AIS_SERVER_CRT"),
            ServerKey = Text("AIS_SERVER_KEY"),
            ClientCertificate = Text("AIS_CRT"),
            ClientKey = Text("AIS_CRT_KEY"),
            ClientAuthority = Text("AIS_CLIENT_CA"),
            SkipVerify = ParseSwitch("AIS_SKIP_VERIFY_CRT", Text("AIS_SKIP_VERIFY_CRT")),
            ReadHeaderTimeout = ParseDuration(Text("AIS_READ_HEADER_TIMEOUT")),
            Prometheus = Text("AIS_PROMETHEUS") is not null,
            PodName = Text("MY_POD") ?? "",
            KubernetesNode = Text("MY_NODE") ?? "",
            KubernetesNamespace = Text("K8S_NS") ?? Text("POD_NAMESPACE") ?? "",
            KubernetesService = Text("MY_SERVICE") ?? "",
            KubernetesDomain = Text("AIS_K8S_CLUSTER_DOMAIN") ?? "cluster.local",
            HostNetwork = ParseSwitch("HOST_NETWORK", Text("HOST_NETWORK")) ?? false,
            ExternalAccess = ParseSwitch("ENABLE_EXTERNAL_ACCESS", Text("ENABLE_EXTERNAL_ACCESS")) ?? false,
            PublicDnsMode = Text("AIS_PUBLIC_DNS_MODE"),
            UseIpv6 = ParseSwitch("AIS_USE_IPv6", Text("AIS_USE_IPv6")) ?? false,
            Transport = ParseTransport(Text(DataPathVariable)),
            OtlpEndpoint = Text("OTEL_EXPORTER_OTLP_ENDPOINT") ?? "",
        };
    }

    /// <summary>The configuration with what the environment overrides.</summary>
    public ClusterConfig Override(ClusterConfig config)
    {
        var http = config.Network.Http;
        http = http with
        {
            UseHttps = UseHttps ?? http.UseHttps,
            ServerCertificate = ServerCertificate ?? http.ServerCertificate,
            ServerKey = ServerKey ?? http.ServerKey,
            ClientCertificateAuthority = ClientAuthority ?? http.ClientCertificateAuthority,
            SkipVerify = SkipVerify ?? http.SkipVerify,
        };
        return config with { Network = config.Network with { Http = http } };
    }

    /// <summary>The configuration of the node with what the environment overrides.</summary>
    public NodeConfig Override(NodeConfig config) => Transport is { } transport
        ? config with { DataPath = config.DataPath with { Transport = transport } }
        : config;

    /// <summary>
    /// URL of the primary by <see cref="PrimaryEndpoint"/>, or several, separated by commas; null when it is not set.
    /// </summary>
    /// <param name="useHttps">The scheme that the cluster speaks.</param>
    /// <exception cref="StartupException">When a part is no host and port, or has a path.</exception>
    public string? PrimaryUrl(bool useHttps)
    {
        if (PrimaryEndpoint is null)
        {
            return null;
        }
        var parts = PrimaryEndpoint.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0
            ? throw Invalid("AIS_PRIMARY_EP", PrimaryEndpoint, "host:port or a URL")
            : string.Join(',', parts.Select(part => PrimaryUrl(part, useHttps ? "https" : "http")));
    }

    private static string PrimaryUrl(string part, string scheme)
    {
        var text = part.Contains("://", StringComparison.Ordinal) ? part : $"{scheme}://{part}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw Invalid("AIS_PRIMARY_EP", part, "host:port or a URL");
        }
        if (url.AbsolutePath != "/" || url.Query.Length != 0)
        {
            throw Invalid("AIS_PRIMARY_EP", part, "no path");
        }
        return $"{scheme}://{url.Authority}";
    }

    private static StartupException Invalid(string name, string value, string expected) =>
        new($"invalid environment {name}={value}, expected {expected}");

    private static string? ParseId(string? value) =>
        value is not null && NodeId.Check(value) is { } problem
            ? throw new StartupException($"invalid environment AIS_DAEMON_ID: {problem}")
            : value;

    private static string? ParseAddress(string? value) =>
        value is null || IPAddress.TryParse(value, out _)
            ? value
            : throw Invalid("AIS_HOST_IP", value, "an IP address");

    private static int? ParsePort(string? value)
    {
        if (value is null)
        {
            return null;
        }
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535
            ? port
            : throw Invalid("AIS_HOST_PORT", value, "a port in range [1, 65535]");
    }

    private static IPNetwork? ParseNetwork(string name, string? value)
    {
        if (value is null)
        {
            return null;
        }
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0
            && IPAddress.TryParse(value.AsSpan(0, slash), out var address)
            && int.TryParse(value.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length <= address.GetAddressBytes().Length * 8)
        {
            return new IPNetwork(MaskOff(address, length), length);
        }
        throw Invalid(name, value, "a network such as 10.0.0.0/8");
    }

    private static IPAddress MaskOff(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }
        return new IPAddress(bytes);
    }

    private static bool? ParseSwitch(string name, string? value) => value?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "yes" or "y" or "on" or "1" or "t" => true,
        "false" or "no" or "n" or "off" or "0" or "f" => false,
        _ => throw Invalid(name, value!, "true or false"),
    };

    private static DataTransport? ParseTransport(string? value) => value switch
    {
        null => null,
        "direct" => DataTransport.Direct,
        "kestrel" => DataTransport.Kestrel,
        _ => throw Invalid(DataPathVariable, value, "direct or kestrel"),
    };

    private static TimeSpan? ParseDuration(string? value)
    {
        if (value is null)
        {
            return null;
        }
        return GoDuration.TryParse(value, out var duration) && duration >= TimeSpan.Zero
            ? duration
            : throw Invalid("AIS_READ_HEADER_TIMEOUT", value, "a duration such as 10s");
    }
}
