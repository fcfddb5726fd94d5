namespace Skein.Gateway.Pipeline;

/// <summary>The bounds of what one request may take. Every buffer and loop of the gateway names one of these.</summary>
public static class GatewayLimits
{
    /// <summary>Largest JSON body, in bytes.</summary>
    public const int MaxJsonBody = 16 << 20;

    /// <summary>
    /// Largest body, in bytes, that is read and thrown away to keep a connection open when the answer does not depend
    /// on it. With more the connection is closed after the answer.
    /// </summary>
    public const int MaxDrainedBody = 256 << 10;

    /// <summary>Most query parameters that are looked at.</summary>
    public const int MaxQueryParameters = 256;

    /// <summary>Custom metadata of one object: keys and values together, in UTF-8 bytes.</summary>
    public const int MaxCustomMetadata = 16 << 10;

    /// <summary>Longest text of an error message that is shown to a caller, in characters.</summary>
    public const int MaxErrorMessage = 4096;

    /// <summary>Longest wait for a newer control document before a request is served with what there is.</summary>
    public static readonly TimeSpan CatchUp = TimeSpan.FromSeconds(2);

    /// <summary>Longest wait of a change for a primary to be elected before it is answered with 503.</summary>
    public static readonly TimeSpan PrimaryWait = TimeSpan.FromSeconds(3);
}
