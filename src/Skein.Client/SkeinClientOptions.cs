namespace Skein.Client;

/// <summary>How a client reaches its cluster and how patient it is.</summary>
public sealed record SkeinClientOptions
{
    /// <summary>
    /// URLs of proxies, for example <c>http://127.0.0.1:8080</c>; at least one. The first one that answers is used
    /// until it fails, then the next.
    /// </summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>
    /// How long the cluster may stay silent: until the answer begins, and between two pieces of a body. Not the time
    /// of a whole transfer.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a call that may be repeated is tried again, 0 to 100.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>Longest first pause before a retry; it doubles each time up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause before a retry.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Token sent as <c>Authorization: Bearer</c>; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>Value of the <c>User-Agent</c> header.</summary>
    public string UserAgent { get; init; } = "skein-client";

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Random numbers for the pauses before retries; used under a lock.</summary>
    public Random Random { get; init; } = new();
}
