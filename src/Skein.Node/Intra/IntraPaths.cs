namespace Skein.Node.Intra;

/// <summary>Paths that nodes call on each other, beside those of the client API.</summary>
internal static class IntraPaths
{
    /// <summary>PUT: take this document. GET: give yours.</summary>
    public const string Metasync = "/v1/metasync";

    /// <summary>POST: let me in. Also served on the public network.</summary>
    public const string Join = "/v1/cluster/autoreg";

    /// <summary>POST, followed by a slash and the caller's id: I am alive.</summary>
    public const string KeepAlive = "/v1/cluster/keepalive";

    /// <summary>GET, followed by a slash and a node's id: do you reach it?</summary>
    public const string Probe = "/v1/cluster/probe";

    /// <summary>POST: what of your objects would belong elsewhere, if these targets owned names?</summary>
    public const string Placement = "/v1/cluster/placement";

    /// <summary>GET: who are you. Also served on the public network.</summary>
    public const string Identity = "/v1/cluster/identity";

    /// <summary>
    /// GET, followed by a slash and a stamp, or <see cref="Accepted"/>: give that document of your timeline, or the newest
    /// that you have accepted.
    /// </summary>
    public const string Documents = "/v1/documents";

    /// <summary>See <see cref="Documents"/>.</summary>
    public const string Accepted = "accepted";

    /// <summary>Media type of a control document, compressed with gzip.</summary>
    public const string DocumentType = "application/vnd.skein.document+gzip";
}
