using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Objects;

namespace Skein.Target.Archives;

/// <summary>Makes an object of a work file that a job has written on the target that owns the name.</summary>
internal static class WorkCommit
{
    /// <summary>Commits; when it returns the object is as durable as its bucket asks, and nobody else owns the name.</summary>
    /// <param name="services">This target.</param>
    /// <param name="request">The object, as a client would ask for it.</param>
    /// <param name="writer">The write, complete.</param>
    /// <param name="commit">What goes with the bytes; its stamp is made here.</param>
    /// <param name="cancellation">Gives up while nothing has changed yet.</param>
    /// <exception cref="Core.Errors.StoreException">
    /// With <see cref="Core.Errors.StoreErrorCode.NotReady"/> when the name is not this target's, or as every write.
    /// </exception>
    public static async Task RunAsync(
        TargetServices services, ObjectRequest request, ObjectWriter writer, WriteCommit commit, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        await RunAsync(services, request, writer, commit, ownership, cancellation).ConfigureAwait(false);
    }

    /// <summary>As above, for a caller that was let in before.</summary>
    /// <param name="services">This target.</param>
    /// <param name="request">The object, as a client would ask for it.</param>
    /// <param name="writer">The write, complete.</param>
    /// <param name="commit">What goes with the bytes; its stamp is made here.</param>
    /// <param name="ownership">From <see cref="TargetServices.EnterAsync"/>.</param>
    /// <param name="cancellation">Gives up while nothing has changed yet.</param>
    public static async Task RunAsync(
        TargetServices services, ObjectRequest request, ObjectWriter writer, WriteCommit commit, long ownership,
        CancellationToken cancellation)
    {
        if (commit.Replaces?.Stamp is { } older)
        {
            services.Clock.Observe(older.Clock);
        }
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        using var passage = services.Pass(request, ownership);
        await writer.CommitAsync(commit with { Stamp = services.Stamp(ownership) }, cancellation).ConfigureAwait(false);
        services.Confirm(request, ownership);
    }
}
