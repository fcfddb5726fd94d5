using Skein.Gateway.Ports;
using Skein.Storage.Objects;

namespace Skein.Target.Objects;

/// <summary>Brings an object here from another target that has a newer copy.</summary>
internal sealed class FetchObject(TargetServices services)
{
    /// <summary>Copies an object from another target, with everything that belongs to it.</summary>
    /// <returns>When it is here, or has just gone there.</returns>
    public async Task RunAsync(ObjectRequest request, NeighbourCopy copy, CancellationToken cancellation)
    {
        using var answer = await services.Neighbours.OpenAsync(copy, request, null, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return; // it has just gone
        }
        var attributes = NeighbourAnswer.Attributes(answer);
        var writer = await services.Store
            .BeginWriteAsync(
                services.Bucket(request),
                request.Name,
                attributes.Size,
                attributes.Checksum.IsNone ? null : attributes.Checksum.Type,
                cancellation)
            .ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await CopyAsync(answer, writer, cancellation).ConfigureAwait(false);
            services.Clock.Observe(attributes.Stamp.Clock);
            await writer.CommitAsync(WriteCommit.OfCopy(attributes), cancellation).ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(
        HttpResponseMessage answer, ObjectWriter writer, CancellationToken cancellation)
    {
        var buffer = new byte[Transfers.BufferedContentSender.BufferBytes];
        var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                await writer.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
        }
    }
}
