namespace Skein.Gateway.Pipeline;

/// <summary>Connection feature that says on which network a connection came in; set by the node's listeners.</summary>
public interface INetworkFeature
{
    /// <summary>The network or networks.</summary>
    NetworkKind Kind { get; }
}

/// <summary>The plain implementation.</summary>
/// <param name="Kind">The network or networks.</param>
public sealed record NetworkFeature(NetworkKind Kind) : INetworkFeature;
