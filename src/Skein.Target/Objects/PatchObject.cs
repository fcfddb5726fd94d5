using Skein.Core.Errors;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;

namespace Skein.Target.Objects;

/// <summary>Changes custom metadata. An object of which another target has a newer copy is fetched first.</summary>
internal sealed class PatchObject(TargetServices services)
{
    public async Task RunAsync(PatchObjectRequest request, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        var bucket = services.Bucket(request);
        using var held = await services.HoldAsync(request, cancellation).ConfigureAwait(false);
        using var passage = services.Pass(request, ownership);
        if (Neighbours.MayHave(request.Call))
        {
            var here = await services.Store.StatAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
            var copy = await services.Neighbours
                .FindAsync(request, here?.Attributes.Stamp, toleratesSilence: false, cancellation)
                .ConfigureAwait(false);
            if (copy is not null)
            {
                await FetchAsync(request, bucket, copy, cancellation).ConfigureAwait(false);
            }
        }
        if (!await ChangeAsync(request, bucket, ownership, cancellation).ConfigureAwait(false))
        {
            throw await services.NotFoundAsync(request, cancellation).ConfigureAwait(false);
        }
        services.Confirm(request, ownership);
    }

    private async Task<bool> ChangeAsync(
        PatchObjectRequest request, BucketRef bucket, long ownership, CancellationToken cancellation)
    {
        if (request.Custom is not { } custom || (custom.Count == 0 && !request.ReplaceAll))
        {
            return await services.Store.StatAsync(bucket, request.Name, cancellation).ConfigureAwait(false) is not null;
        }
        var changed = await services.Store
            .UpdateCustomAsync(
                bucket, request.Name, custom, request.ReplaceAll, services.Stamp(ownership), cancellation)
            .ConfigureAwait(false);
        return changed is not null;
    }

    /// <summary>Copies an object from another target, with everything that belongs to it.</summary>
    private async Task FetchAsync(
        PatchObjectRequest request, BucketRef bucket, NeighbourCopy copy, CancellationToken cancellation)
    {
        using var answer = await services.Neighbours.OpenAsync(copy, request, null, cancellation).ConfigureAwait(false);
        if (answer is null)
        {
            return; // it has just gone
        }
        var attributes = NeighbourAnswer.Attributes(answer);
        var writer = await services.Store
            .BeginWriteAsync(
                bucket, request.Name, attributes.Size, attributes.Checksum.IsNone ? null : attributes.Checksum.Type,
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
