using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Node.CommandLine;
using Skein.Node.Hosting;

namespace Skein.Node.Lifecycle;

/// <summary>
/// Runs a node until its process is to end. A node that has left its cluster and was told to stay is started anew in the
/// same process, without a cluster.
/// </summary>
internal static class NodeRunner
{
    /// <summary>Runs.</summary>
    /// <returns>Exit code.</returns>
    /// <exception cref="StoreException">When the node cannot be started.</exception>
    public static async Task<int> RunAsync(NodeStartup startup, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Skein.Node");
        if (NodeDeparture.Finish(startup) is { } interrupted)
        {
            NodeLog.HasLeft(log, startup.DaemonId ?? "");
            if (!interrupted.NoShutdown)
            {
                return 0;
            }
            startup = AsStandby(startup, startup.DaemonId, startup.Node);
        }
        while (true)
        {
            var host = new NodeHost(startup, time, logs);
            await using (host.ConfigureAwait(false))
            {
                var code = await host.RunAsync().ConfigureAwait(false);
                if (!host.HasLeft)
                {
                    return code;
                }
            }
            var departure = NodeDeparture.Finish(startup);
            NodeLog.HasLeft(log, host.Self.Id);
            if (departure is not { NoShutdown: true })
            {
                return 0;
            }
            startup = host.AsStandby();
        }
    }

    /// <summary>The same node without a cluster: it waits until an administrator brings it in.</summary>
    public static NodeStartup AsStandby(NodeStartup startup, string? id, Core.Config.NodeConfig node) => startup with
    {
        DaemonId = id,
        Node = node,
        Options = startup.Options with { Standby = true, Bootstrap = false },
    };
}
