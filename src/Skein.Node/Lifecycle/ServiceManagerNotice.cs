using Microsoft.Extensions.Hosting.Systemd;

namespace Skein.Node.Lifecycle;

/// <summary>
/// Tells the service manager that started the node how far it is, so that <c>systemctl start</c> returns when the node
/// serves. Does nothing where there is none (<c>NOTIFY_SOCKET</c> is not set; the protocol is sd_notify(3)).
/// </summary>
/// <param name="manager">The service manager.</param>
/// <param name="time">The clock.</param>
internal sealed class ServiceManagerNotice(ISystemdNotifier manager, TimeProvider time)
{
    /// <summary>
    /// How long the service manager is let wait for a cluster. A node without one goes on looking for it and is not to be
    /// taken for one that failed.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private bool _stopping;

    /// <summary>Says that the node is ready once it is in its cluster, or that it still looks for it.</summary>
    /// <param name="member">Ends when the node is in its cluster.</param>
    /// <param name="cancellation">Ends the wait; nothing is said then.</param>
    public async Task SayReadyAsync(Task member, CancellationToken cancellation)
    {
        if (!manager.IsEnabled)
        {
            return;
        }
        try
        {
            await member.WaitAsync(Patience, time, cancellation).ConfigureAwait(false);
            Say(ServiceState.Ready);
        }
        catch (TimeoutException)
        {
            Say(new ServiceState("READY=1\nSTATUS=looking for its cluster"));
            await member.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        if (!cancellation.IsCancellationRequested)
        {
            Say(new ServiceState("STATUS=in its cluster"));
        }
    }

    /// <summary>Says that the node stops, and nothing after that.</summary>
    public void SayStopping()
    {
        lock (_lock)
        {
            _stopping = true;
            if (manager.IsEnabled)
            {
                manager.Notify(ServiceState.Stopping);
            }
        }
    }

    private void Say(ServiceState state)
    {
        lock (_lock)
        {
            if (!_stopping)
            {
                manager.Notify(state);
            }
        }
    }
}
