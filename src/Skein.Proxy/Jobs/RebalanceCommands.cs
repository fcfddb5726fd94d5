using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Jobs;

/// <summary>Starts and stops global rebalance as changes of the control document. Runs on the primary.</summary>
/// <param name="control">Commits them.</param>
/// <param name="metadata">The present document.</param>
public sealed class RebalanceCommands(IControlPlane control, IMetadataSource metadata) : IRebalanceCommands
{
    /// <summary>Targets without which there is nothing to move between.</summary>
    private const int LeastTargets = 2;

    /// <inheritdoc/>
    public async Task<string> StartAsync(string who, CancellationToken cancellation)
    {
        var document = metadata.Current.Document;
        if (!document.Config.Rebalance.Enabled)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                "cannot start rebalance: it is disabled by the configuration (rebalance.enabled=false)");
        }
        if (document.Map.Targets.Count < LeastTargets || document.Map.ActiveTargets.Count == 0)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"cannot start rebalance: {document.Map.ActiveTargets.Count} active targets, nothing to move between");
        }
        var after = await control.ProposeAsync(new StartRebalance(), who, "by request", cancellation).ConfigureAwait(false);
        return after.Document.Rebalance.Id;
    }

    /// <inheritdoc/>
    public Task StopAsync(string who, CancellationToken cancellation) =>
        control.ProposeAsync(new StopRebalance($"stopped by {who}"), who, "by request", cancellation);
}
