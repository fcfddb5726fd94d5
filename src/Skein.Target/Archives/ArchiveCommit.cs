using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Objects;
using Skein.Target.Remote;

namespace Skein.Target.Archives;

/// <summary>Makes a new archive in a work file the object; in a remote bucket also at its home.</summary>
internal sealed class ArchiveCommit(TargetServices services, RemoteWrites remote)
{
    /// <param name="request">The archive.</param>
    /// <param name="writer">Its bytes.</param>
    /// <param name="before">Attributes of the archive that it was made from; null for none.</param>
    /// <param name="mustReplace">True to give up when another archive than that one is there by now.</param>
    /// <param name="ownership">From <see cref="TargetServices.EnterAsync"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Skein.Core.Errors.StoreException">
    /// With <see cref="Skein.Core.Errors.StoreErrorCode.Busy"/> when another archive is there, or as every write.
    /// </exception>
    public async Task RunAsync(
        ObjectRequest request, ObjectWriter writer, ObjectAttributes? before, bool mustReplace, long ownership,
        CancellationToken cancellation)
    {
        ReplacedObject? replaces = mustReplace ? new ReplacedObject(before?.Stamp) : null;
        if (request.Bucket.IsRemote)
        {
            await remote
                .PutAsync(request, writer, new RemoteWrite(before?.Custom ?? [], null, replaces), ownership, cancellation)
                .ConfigureAwait(false);
            return;
        }
        var commit = new WriteCommit { Custom = before?.Custom ?? [], Stamp = default, Replaces = replaces };
        await WorkCommit.RunAsync(services, request, writer, commit, ownership, cancellation).ConfigureAwait(false);
    }
}
