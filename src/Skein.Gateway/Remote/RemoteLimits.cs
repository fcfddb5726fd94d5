namespace Skein.Gateway.Remote;

/// <summary>Limits of calls to remote clusters.</summary>
public static class RemoteLimits
{
    /// <summary>Largest cluster map, error or list of buckets that is read from a remote cluster, in bytes.</summary>
    public const int MaxAnswer = 16 << 20;

    /// <summary>Redirects that are followed for one request.</summary>
    public const int MaxRedirects = 5;

    /// <summary>Proxies of a remote cluster that are tried for one request.</summary>
    public const int MaxAttempts = 4;

    /// <summary>Connections to one node of a remote cluster.</summary>
    public const int MaxConnections = 128;

    /// <summary>How long a node of a remote cluster may take to accept a connection.</summary>
    public static readonly TimeSpan Connect = TimeSpan.FromSeconds(3);

    /// <summary>How long a remote cluster may take to tell its map.</summary>
    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(5);

    /// <summary>How long a transfer may stand still.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    /// <summary>How long the known proxies of a remote cluster are used before its map is asked for again.</summary>
    public static readonly TimeSpan MapLifetime = TimeSpan.FromMinutes(1);
}
