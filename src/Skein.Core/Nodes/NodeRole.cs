namespace Skein.Core.Nodes;

/// <summary>What a node does in the cluster.</summary>
public enum NodeRole
{
    /// <summary>Gateway: serves the API and redirects; may become the primary when electable.</summary>
    Proxy,

    /// <summary>Storage node.</summary>
    Target,
}

/// <summary>The names of the roles on the wire.</summary>
public static class NodeRoles
{
    /// <summary><c>proxy</c> on the wire.</summary>
    public const string Proxy = "proxy";

    /// <summary><c>target</c> on the wire.</summary>
    public const string Target = "target";

    /// <summary>The name on the wire.</summary>
    public static string ToWire(this NodeRole role) => role == NodeRole.Proxy ? Proxy : Target;
}
