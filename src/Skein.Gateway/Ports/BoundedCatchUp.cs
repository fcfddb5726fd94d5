using Skein.Core.Maps;

namespace Skein.Gateway.Ports;

/// <summary>Waits for newer metadata, but not for ever.</summary>
public static class BoundedCatchUp
{
    /// <summary>
    /// As <see cref="IControlPlane.CatchUpAsync"/>, for at most a given time. When it is over the caller goes on with what
    /// there is.
    /// </summary>
    /// <param name="control">The control plane.</param>
    /// <param name="atLeast">The document that is waited for; <see cref="DocumentStamp.None"/> to ask once.</param>
    /// <param name="limit">Longest wait.</param>
    /// <param name="time">Clock of the limit.</param>
    /// <param name="cancellation">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    public static async Task CatchUpWithinAsync(
        this IControlPlane control, DocumentStamp atLeast, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        using var bound = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, bound.Token);
        try
        {
            await control.CatchUpAsync(atLeast, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The limit is over: go on with what there is.
        }
    }
}
