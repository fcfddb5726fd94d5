using System.Text.Json.Nodes;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Nodes;

namespace Skein.Node.CommandLine;

/// <summary>Everything that a node knows about itself before it starts.</summary>
internal sealed record NodeStartup
{
    /// <summary>Role of the node.</summary>
    public required NodeRole Role { get; init; }

    /// <summary>The command line.</summary>
    public required NodeOptions Options { get; init; }

    /// <summary>The environment.</summary>
    public required NodeEnvironment Environment { get; init; }

    /// <summary>Id by command line or environment; null when it is to be found on disk or made.</summary>
    public required string? DaemonId { get; init; }

    /// <summary>The configuration of the node.</summary>
    public required NodeConfig Node { get; init; }

    /// <summary>The cluster configuration as the file has it: what a new cluster is formed with.</summary>
    public required ClusterConfig InitialCluster { get; init; }

    /// <summary>Overrides of the command line for this node only; empty when there are none.</summary>
    public required JsonObject Override { get; init; }

    /// <summary>The cluster configuration with all overrides, until a control document brings a newer one.</summary>
    public required ClusterConfig Cluster { get; init; }

    /// <summary>
    /// URLs at which to look for the cluster, in order and without duplicates: environment, <c>primary_url</c>,
    /// <c>discovery_url</c>, <c>original_url</c>.
    /// </summary>
    public required IReadOnlyList<string> JoinUrls { get; init; }

    /// <summary>Keys of the files that nobody uses, with the name of the file in front; to be logged once.</summary>
    public required IReadOnlyList<string> UnknownKeys { get; init; }

    /// <summary>
    /// The cluster configuration of a control document with the overrides of this node laid over it. Overrides that no
    /// longer fit are left out as a whole.
    /// </summary>
    /// <param name="replicated">Configuration of the control document.</param>
    /// <param name="overrides">Overrides kept on this node, as <see cref="ConfigPatch"/> takes them.</param>
    /// <param name="problem">Why the overrides were left out, to be logged; null when they are in force.</param>
    public ClusterConfig Effective(ClusterConfig replicated, JsonObject overrides, out string? problem)
    {
        problem = null;
        try
        {
            replicated = ConfigPatch.Apply(replicated, overrides);
        }
        catch (StoreException failure)
        {
            problem = failure.Message;
        }
        return Environment.Override(replicated);
    }
}
