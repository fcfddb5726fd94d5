namespace Skein.Gateway.Pipeline;

/// <summary>The network (or networks, when they share a port) on which a connection came in.</summary>
[Flags]
public enum NetworkKind
{
    /// <summary>Unknown: nothing is allowed that needs an intra-cluster network.</summary>
    None = 0,

    /// <summary>Clients.</summary>
    Public = 1,

    /// <summary>Control traffic between nodes.</summary>
    Control = 2,

    /// <summary>Data traffic between nodes.</summary>
    Data = 4,

    /// <summary>One port for everything.</summary>
    All = Public | Control | Data,
}
