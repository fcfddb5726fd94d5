namespace Skein.Gateway.Peers;

/// <summary>Headers of forwarded requests.</summary>
public static class RelayHeaders
{
    /// <summary>Id of the proxy that forwarded; a request that has it is not forwarded again.</summary>
    public const string ForwardedBy = "Skein-Forwarded-By";
}
