using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;
using Skein.Target.Transfers;

namespace Skein.Target.Batches;

/// <summary>The archive, made while it is sent.</summary>
internal sealed class StreamedBatch(BatchArchive archive, PartQueue parts) : ArchiveContent
{
    public override async Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation)
    {
        var output = body.AsStream(leaveOpen: true);
        await using (output.ConfigureAwait(false))
        {
            var buffered = new BufferedStream(output, BatchLimits.BufferBytes);
            await archive.WriteAsync(buffered, cancellation).ConfigureAwait(false);
            await buffered.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }

    public override ValueTask DisposeAsync() => parts.DisposeAsync();
}

/// <summary>A description and then the archive, which is in a work file.</summary>
internal sealed class DescribedBatch(ObjectWriter spool, byte[] head, byte[] tail, IObjectContentSender sender) : ArchiveContent
{
    public override async Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation)
    {
        await body.WriteAsync(head, cancellation).ConfigureAwait(false);
        using var file = spool.Reread();
        await sender.SendAsync(file, 0, spool.BytesWritten, body, features, cancellation).ConfigureAwait(false);
        await body.WriteAsync(tail, cancellation).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync() => spool.DisposeAsync();
}
