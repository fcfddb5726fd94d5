using Skein.Core.Config.Schema;

namespace Skein.Core.Config.Sections;

/// <summary>HTTP (<c>net.http</c>).</summary>
public sealed record HttpSection : ConfigSection
{
    /// <summary>File with the X.509 certificate of the server, PEM. Default server.crt.</summary>
    public string ServerCertificate { get; init; } = "server.crt";

    /// <summary>File with the private key of the certificate, PEM. Default server.key.</summary>
    public string ServerKey { get; init; } = "server.key";

    /// <summary>Must be empty: names belong into the certificate. Default empty.</summary>
    public string DomainTls { get; init; } = "";

    /// <summary>File with the authority that signs client certificates, PEM. Default empty.</summary>
    public string ClientCertificateAuthority { get; init; } = "";

    /// <summary>
    /// Client certificates: 0 none, 1 request, 2 require any, 3 verify if given, 4 require and verify. Range 0 to
    /// 4. Default 0.
    /// </summary>
    public int ClientAuthentication { get; init; }

    /// <summary>
    /// Write buffer of a connection in bytes; 0 means the default of the system. Range 0 to 16777216. Default
    /// 65536.
    /// </summary>
    public int WriteBufferSize { get; init; } = 65536;

    /// <summary>
    /// Read buffer of a connection in bytes; 0 means the default of the system. Range 0 to 16777216. Default 65536.
    /// </summary>
    public int ReadBufferSize { get; init; } = 65536;

    /// <summary>Whether all networks speak HTTPS. Default false.</summary>
    public bool UseHttps { get; init; }

    /// <summary>Whether certificates of other nodes are accepted unseen. Default false.</summary>
    public bool SkipVerify { get; init; }

    /// <summary>Read and shown, and not used. Default true.</summary>
    public bool ChunkedTransfer { get; init; } = true;

    internal static SectionSchema<HttpSection> Schema { get; } = new SectionSchema<HttpSection>()
        .Text(
            "server_crt", s => s.ServerCertificate, (s, v) => s with { ServerCertificate = v },
            "File with the X.509 certificate of the server, PEM.")
        .Text(
            "server_key", s => s.ServerKey, (s, v) => s with { ServerKey = v },
            "File with the private key of the certificate, PEM.")
        .Text(
            "domain_tls", s => s.DomainTls, (s, v) => s with { DomainTls = v },
            "Must be empty: names belong into the certificate.")
        .Text(
            "client_ca_tls", s => s.ClientCertificateAuthority, (s, v) => s with { ClientCertificateAuthority = v },
            "File with the authority that signs client certificates, PEM.")
        .Integer(
            "client_auth_tls", s => s.ClientAuthentication, (s, v) => s with { ClientAuthentication = (int)v }, (0, 4),
            "Client certificates: 0 none, 1 request, 2 require any, 3 verify if given, 4 require and verify.")
        .Integer(
            "write_buffer_size", s => s.WriteBufferSize, (s, v) => s with { WriteBufferSize = (int)v }, (0, 16777216),
            "Write buffer of a connection in bytes; 0 means the default of the system.")
        .Integer(
            "read_buffer_size", s => s.ReadBufferSize, (s, v) => s with { ReadBufferSize = (int)v }, (0, 16777216),
            "Read buffer of a connection in bytes; 0 means the default of the system.")
        .Boolean("use_https", s => s.UseHttps, (s, v) => s with { UseHttps = v }, "Whether all networks speak HTTPS.")
        .Boolean(
            "skip_verify", s => s.SkipVerify, (s, v) => s with { SkipVerify = v },
            "Whether certificates of other nodes are accepted unseen.")
        .Boolean(
            "chunked_transfer", s => s.ChunkedTransfer, (s, v) => s with { ChunkedTransfer = v },
            "Read and shown, and not used.")
        .Accept("idle_conn_time", "idle_conns_per_host", "idle_conns", "backend_idle_conn_time", "pub")
        .Rule(s => s.DomainTls.Length != 0
            ? $"invalid net.http.domain_tls=\"{s.DomainTls}\": expecting empty "
                + "(names belong into the X.509 certificate)"
            : null);
}
