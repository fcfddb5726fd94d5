namespace Skein.Gateway.Peers;

/// <summary>Headers of forwarded requests.</summary>
public static class RelayHeaders
{
    /// <summary>
    /// Ids of the proxies that forwarded. A request that has it is not forwarded again, but a change to the primary once
    /// more: who was thought to lead may have handed over.
    /// </summary>
    public const string ForwardedBy = "Skein-Forwarded-By";
}
